using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Sees to it that a run never goes on, and never saves, with numbers that are not finite: loss and gradients are
/// looked at before each update, states after each forward pass, weights and optimizer where the update could have made them
/// overflow. Then everything is put back to where it was before the update.</summary>
/// <remarks>
/// <para>Loss and norm of the gradient are known anyway. Weights are looked at after every <see cref="Every"/>th update, as a
/// calm one cannot make them overflow: with norms of gradient and weights, and the learning rate times the gradient, below
/// <see cref="Calm"/>, and a learning rate below 1000 that shrinks no weight by more than itself, 16 updates of the optimizers
/// that <see cref="Optimizer.Parse"/> knows stay below 1e19, whose square is finite in float.</para>
/// <para>Before any other update, weights and optimizer are copied, and afterwards looked at.</para>
/// </remarks>
/// <param name="session">The session.</param>
internal sealed class NumericGuard(TrainingSession session)
{
    private const int Every = 16;
    private const double Calm = 1e9,
        CalmRate = 1e3,
        SmallestEpsilon = 1e-30;

    private readonly (string Path, StateBuffer Buffer)[] _buffers = [.. session.Model.NamedBuffers()];
    private readonly (string Path, IRandomState Module)[] _random =
    [
        .. session
            .Model.NamedModules()
            .Where(m => m.Module is IRandomState)
            .Select(m => (m.Path, (IRandomState)m.Module)),
    ];
    private readonly double _decay = session.Optimizer.Groups.Max(g => g.WeightDecay);
    private readonly bool _divides = session.Optimizer switch
    {
        Adam adam => adam.Epsilon < SmallestEpsilon,
        AdamW adam => adam.Epsilon < SmallestEpsilon,
        RMSprop rms => rms.Epsilon < SmallestEpsilon,
        _ => false,
    };
    private Tensor[] _states = [];
    private RngState[] _generators = [];
    private TrainingState _state = new();
    private int _batches;
    private Dictionary<string, Tensor>? _weights;
    private Dictionary<string, Tensor>? _optimizer;
    private double _weightNorm = double.PositiveInfinity;
    private int _since;

    /// <summary>An update begins: what its forward passes change is noted.</summary>
    /// <param name="batches">Batches of it.</param>
    public void Begin(int batches)
    {
        (_batches, _weights, _optimizer) = (batches, null, null);
        _state = session.State.Copy();
        if (_states.Length != _buffers.Length)
        {
            _states = [.. _buffers.Select(b => b.Buffer.Clone())];
        }

        for (int i = 0; i < _buffers.Length; i++)
        {
            if (_states[i].DType != _buffers[i].Buffer.DType)
            {
                _states[i] = _buffers[i].Buffer.Clone();
            }

            _states[i].CopyFrom(_buffers[i].Buffer);
        }

        _generators = _random.Length == 0 ? [] : [.. _random.Select(r => r.Module.RandomState)];
    }

    /// <summary>Makes the step of the optimizer.</summary>
    /// <param name="norm">Norm of the gradient, finite.</param>
    /// <returns>Null, or what is not finite; all is then as before the update.</returns>
    public NonFinite? Step(double norm)
    {
        if (_buffers.Length > 0 && FirstState() is { } state)
        {
            string layer = Trials.LayerOf(state);
            return Stopped(
                Known($"the state '{state}' is not finite") with
                {
                    Place = $"'{state}'",
                    Finding =
                        $"forward: loss and gradient are finite, but '{layer}' computed '{state}' from values too large for it",
                }
            );
        }

        bool isCalm = IsCalm(norm);
        if (!isCalm)
        {
            (_weights, _optimizer) = (
                ProbeState.Copy(session.Model.StateDict()),
                ProbeState.Copy(session.Optimizer.StateDict())
            );
        }

        session.Optimizer.Step();
        return isCalm && ++_since < Every ? null : Look(norm);
    }

    /// <summary>Something is not finite before the step of the optimizer: puts back what the update changed, and searches for
    /// the first place.</summary>
    /// <param name="symptom">What it is.</param>
    public NonFinite Stop(string symptom)
    {
        PutBack();
        NonFinite found = new NonFiniteSearch(session).Find(Known(symptom), Again());
        return Stopped(found);
    }

    private bool IsCalm(double norm)
    {
        double rate = session.Optimizer.LearningRate;
        return !_divides
            && _decay <= 1.0
            && rate <= CalmRate
            && rate * _decay <= 1.0
            && norm <= Calm
            && norm * rate <= Calm
            && _weightNorm <= Calm;
    }

    /// <summary>Looks at weights and, where it could have overflowed, the optimizer.</summary>
    private NonFinite? Look(double norm)
    {
        double squares = 0;
        string? spoiled = null;
        foreach ((string path, Parameter parameter) in session.Model.NamedParameters())
        {
            double own = ParameterNorms.Product(parameter, parameter);
            squares += own;
            spoiled ??= double.IsFinite(own) || NonFiniteSearch.IsFinite(parameter) ? null : path;
        }

        (_weightNorm, _since) = (Math.Sqrt(squares), 0);
        spoiled ??=
            _optimizer is null ? null
            : session.Optimizer.StateDict().FirstOrDefault(t => !NonFiniteSearch.IsFinite(t.Value)) is { Key: { } key }
                ? key
            : null;
        if (spoiled is null)
        {
            return null;
        }

        return Stopped(
            Known($"'{spoiled}' is no longer finite") with
            {
                Part = StepPart.Update,
                Place = $"'{spoiled}'",
                Finding = FormattableString.Invariant(
                    $"update: the gradient is finite, of norm {norm:G4}, and with a learning rate of {session.Optimizer.LearningRate:G4} the optimizer makes of it what is not"
                ),
            }
        );
    }

    private string? FirstState() =>
        _buffers.FirstOrDefault(b => !NonFiniteSearch.IsFinite(b.Buffer)) is { Path: { } path } ? path : null;

    private NonFinite Known(string symptom) =>
        new(StepPart.Forward, "", _state.Updates + 1, _state.Epoch + 1, _state.Batch + 1, symptom);

    /// <summary>Puts everything back, and says whether weights and optimizer are finite then.</summary>
    private NonFinite Stopped(NonFinite found)
    {
        PutBack();
        _weightNorm = double.PositiveInfinity;
        return found with
        {
            IsPutBack =
                NonFiniteSearch.FirstParameter(session.Model) is null
                && session.Optimizer.StateDict().Values.All(NonFiniteSearch.IsFinite),
        };
    }

    private void PutBack()
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i].Buffer.CopyFrom(_states[i]);
        }

        for (int i = 0; i < _random.Length; i++)
        {
            _random[i].Module.RandomState = _generators[i];
        }

        if (_weights is not null)
        {
            session.Model.LoadStateDict(_weights);
            session.Optimizer.LoadStateDict(_optimizer!);
        }

        session.Optimizer.ZeroGrad();
        session.State = _state.Copy();
    }

    /// <summary>The batches of the update once more, which are the same to the bit.</summary>
    private List<Batch> Again() => [.. session.Loader.Epoch(_state.Epoch, _state.Batch).Take(_batches)];
}
