namespace Fovea;

/// <summary>What a parameter does in its layer; decides about weight decay and reports.</summary>
public enum ParameterKind
{
    /// <summary>A filter or matrix.</summary>
    Weight,

    /// <summary>A bias, one value a channel.</summary>
    Bias,

    /// <summary>Scale or shift of a normalization.</summary>
    Norm,

    /// <summary>Anything else learned, such as the slope of a PReLU.</summary>
    Other,
}

/// <summary>A tensor that a module learns. Found by walking the module's fields; no registration.</summary>
/// <remarks>Memory is taken, and the first values are drawn, when they are first read: a network that is only looked at
/// costs nothing.</remarks>
public sealed class Parameter : Tensor
{
    private readonly Lock _drawing = new();
    private Initializer _rule;
    private Rng? _stream;
    private bool _released;

    /// <summary>Creates a parameter.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="initializer">The rule of its first values.</param>
    /// <param name="kind">What it does in its layer.</param>
    /// <param name="rng">Where random values come from, drawn at once; without it a fixed stream named by shape and
    /// rule. <see cref="Module.Initialize"/> draws anew, by path.</param>
    public Parameter(Shape shape, Initializer initializer, ParameterKind kind = ParameterKind.Weight, Rng? rng = null)
        : base(null, 0, shape, DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        Initializer = _rule = initializer;
        Kind = kind;
        RequiresGrad = true;
        if (rng is not null)
        {
            _stream = rng;
            _ = Storage; // the caller's generator moves on now, not at some later time
        }
    }

    /// <summary>The rule of its first values. Setting it takes effect at the next
    /// <see cref="Module.Initialize"/>.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>What it does in its layer.</summary>
    public ParameterKind Kind { get; }

    /// <summary>The path in the root module, e.g. <c>layer2.conv1.weight</c>; empty until the root was
    /// walked.</summary>
    public string Path { get; internal set; } = "";

    /// <summary>Draws first values anew by <see cref="Initializer"/>; where nobody read any so far, once somebody
    /// does.</summary>
    internal void Draw(Rng stream)
    {
        lock (_drawing)
        {
            (_rule, _stream, _released) = (Initializer, stream, false);
            if (HasStorage)
            {
                _rule.Fill(this, stream);
            }
        }
    }

    internal void ConvertTo(DType dtype)
    {
        Adopt(To(dtype));
        Grad = null;
    }

    /// <inheritdoc/>
    private protected override bool HasValues => !_released;

    /// <inheritdoc/>
    internal override void Assign(Tensor other)
    {
        lock (_drawing)
        {
            Adopt(other);
            _released = false;
        }
    }

    /// <summary>Gives the values up: a compiled network has packed them.</summary>
    internal void Release()
    {
        lock (_drawing)
        {
            LetGo();
            (_released, Grad) = (true, null);
        }
    }

    /// <inheritdoc/>
    private protected override void TakeMemory()
    {
        lock (_drawing)
        {
            if (!HasStorage)
            {
                Adopt(Uninitialized(Shape, DType));
                _released = false;
            }
        }
    }

    private protected override Storage FirstStorage()
    {
        lock (_drawing)
        {
            if (HasStorage)
            {
                return Storage;
            }

            if (_released)
            {
                throw new InvalidOperationException(
                    $"Parameter {Path} {Shape}: its values were given up when a compiled network was prepared with release: true. Load weights into the module again, or prepare without release."
                );
            }

            Tensor values = Uninitialized(Shape, DType);
            _rule.Fill(values, _stream ?? new Rng(0).Split($"{_rule} {Shape}"));
            Adopt(values);
            return values.Storage;
        }
    }
}

/// <summary>State of a module that is not learned but belongs to it, such as running statistics. Saved with the
/// parameters.</summary>
public sealed class StateBuffer : Tensor
{
    private readonly Lock _filling = new();
    private readonly float _first;

    /// <summary>Creates state with every element the same. Memory is taken when it is first read or written.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">The first value of every element.</param>
    public StateBuffer(Shape shape, float value)
        : base(null, 0, shape, DType.Float32) => _first = value;

    /// <summary>The path in the root module, e.g. <c>bn1.running_mean</c>; empty until the root was walked.</summary>
    public string Path { get; internal set; } = "";

    /// <summary>Whether it counts or flags, so that values between two make no sense: an average of networks copies it.
    /// False unless set.</summary>
    public bool IsDiscrete { get; init; }

    /// <summary>Returns every element to its first value.</summary>
    public void Reset()
    {
        if (HasStorage)
        {
            Fill(_first);
        }
    }

    /// <summary>Takes a new value: at once, or in a trace when the graph has run.</summary>
    /// <param name="next">A tensor of the same shape and type.</param>
    /// <exception cref="ShapeException">The shape or type differs.</exception>
    public void Update(Tensor next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (GraphTracer.Current is { } tracer)
        {
            tracer.Update(this, next);
        }
        else
        {
            CopyFrom(next);
        }
    }

    internal void ConvertTo(DType dtype) => Adopt(To(dtype));

    /// <inheritdoc/>
    private protected override bool HasValues => true;

    /// <inheritdoc/>
    private protected override void TakeMemory()
    {
        lock (_filling)
        {
            if (!HasStorage)
            {
                Adopt(Uninitialized(Shape, DType));
            }
        }
    }

    private protected override Storage FirstStorage()
    {
        lock (_filling)
        {
            if (!HasStorage)
            {
                Tensor values = Uninitialized(Shape, DType);
                values.Fill(_first);
                Adopt(values);
            }

            return Storage;
        }
    }
}
