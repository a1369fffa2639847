using System.Globalization;

namespace Fovea;

/// <summary>What the dropout layers have in common: while training, random units are zeroed and the others scaled by 1
/// / (1 - p), so that means stay; in evaluation nothing happens.</summary>
/// <remarks>
/// Each call draws one number from the layer's generator, which names the mask; the mask is then a function of that
/// number and the unit's index,
/// the same for any number of threads. The probability is rounded to a multiple of 2^-16, and the scale fits the
/// rounded one.
/// <see cref="Module.Initialize"/> gives each layer the stream of its path.
/// </remarks>
public abstract class RandomDrop : Module, IRandomState, IKeySource
{
    private readonly string _name;
    private readonly int _unitAxes;
    private Rng? _rng;
    private string? _defaultPath; // the path the stream was named by, where nobody gave one

    private protected RandomDrop(string name, double p, int unitAxes, Rng? rng)
    {
        if (!(p is >= 0.0 and <= 1.0))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{name}: p must be 0 to 1, got {p}."),
                nameof(p)
            );
        }

        _name = name;
        _unitAxes = unitAxes;
        _rng = rng;
        Probability = p;
    }

    /// <summary>The probability of a unit to be zeroed, 0 to 1.</summary>
    public double Probability { get; }

    /// <inheritdoc/>
    public RngState RandomState
    {
        get => Generator.State;
        set
        {
            Generator.State = value;
            _defaultPath = null;
        }
    }

    private Rng Generator
    {
        get
        {
            if (_rng is null || (_defaultPath is not null && _defaultPath != Path))
            {
                // Named by the path, so that two layers never draw the same masks; named anew when the path becomes
                // known.
                _defaultPath = Path;
                _rng = new Rng(0).Split($"{_name} {Path}");
            }

            return _rng;
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        IsTraining && Probability > 0.0
            ? new DropOperator(new(_name, Probability, _unitAxes)) { Owner = this }.Apply(x, Key())
            : x;

    ulong IKeySource.NextKey() => Generator.NextUInt64();

    /// <summary>The number of which the mask is a function: drawn here, or in a trace an input that each run draws.</summary>
    private Tensor Key() =>
        GraphTracer.Current?.Key(this) ?? Tensor.From<long>([unchecked((long)Generator.NextUInt64())], []);

    /// <inheritdoc/>
    protected internal override void ResetState(Rng rng) => (_rng, _defaultPath) = (rng, null);
}
