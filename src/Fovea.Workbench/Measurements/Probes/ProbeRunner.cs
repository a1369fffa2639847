using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Fovea.Workbench;

/// <summary>Runs probes so that training does not notice: weights, states, modes, gradients, generators and the optimizer are
/// afterwards as before, and proved to be.</summary>
public static class ProbeRunner
{
    /// <summary>Runs a probe.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="context">The network, and what it learns from.</param>
    /// <returns>What came of it; nothing where it needs an optimizer and there is none.</returns>
    /// <exception cref="InvalidOperationException">The network is not as before to the bit: it has state that is neither
    /// parameter, buffer nor generator.</exception>
    public static IReadOnlyList<MeasuredProbe> Run(Probe probe, ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(context);
        if (probe.NeedsOptimizer && context.Optimizer is null)
        {
            return [];
        }

        UInt128 before = HashOf(context);
        Kept kept = new(context);
        try
        {
            return probe.Try(context);
        }
        finally
        {
            kept.Restore();
            if (HashOf(context) != before)
            {
                throw new InvalidOperationException(
                    $"Probe {probe.Name}: the network could not be put back as it was; it has state that is neither parameter, buffer nor generator."
                );
            }
        }
    }

    /// <summary>A sum over all bits that decide what training does next.</summary>
    internal static UInt128 HashOf(ProbeContext context)
    {
        XxHash128 hash = new();
        foreach ((_, Tensor tensor) in context.Model.StateDict())
        {
            Add(hash, tensor);
        }

        foreach (Parameter parameter in context.Model.Parameters().Where(p => p.Grad is not null))
        {
            Add(hash, parameter.Grad!);
        }

        foreach ((_, Tensor tensor) in context.Optimizer?.StateDict() ?? new Dictionary<string, Tensor>())
        {
            Add(hash, tensor);
        }

        foreach ((string path, RngState state) in SessionCheckpoint.RandomStates(context.Model))
        {
            hash.Append(MemoryMarshal.AsBytes(path.AsSpan()));
            hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<RngState>(in state)));
        }

        foreach ((_, Module module) in context.Model.NamedModules())
        {
            hash.Append([module.IsTraining ? (byte)1 : (byte)0]);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    private static void Add(XxHash128 hash, Tensor tensor)
    {
        switch (tensor.DType)
        {
            case DType.Float32:
                hash.Append(MemoryMarshal.AsBytes(tensor.AsSpan<float>()));
                break;
            case DType.Float64:
                hash.Append(MemoryMarshal.AsBytes(tensor.AsSpan<double>()));
                break;
            default:
                hash.Append(MemoryMarshal.AsBytes(tensor.AsSpan<long>()));
                break;
        }
    }

    /// <summary>Copies of all that a probe may change.</summary>
    private sealed class Kept
    {
        private readonly ProbeContext _context;
        private readonly Dictionary<string, Tensor> _weights;
        private readonly Dictionary<string, Tensor>? _optimizer;
        private readonly double _learningRate;
        private readonly IReadOnlyDictionary<string, RngState> _random;
        private readonly (Parameter Parameter, Tensor? Gradient, bool RequiresGrad)[] _gradients;
        private readonly ModuleModes _modes;

        public Kept(ProbeContext context)
        {
            _context = context;
            _weights = context.Model.StateDict().ToDictionary(t => t.Key, t => t.Value.Clone());
            _optimizer = context.Optimizer?.StateDict().ToDictionary(t => t.Key, t => t.Value.Clone());
            _learningRate = context.Optimizer?.LearningRate ?? 0.0;
            _random = SessionCheckpoint.RandomStates(context.Model);
            _gradients = [.. context.Model.Parameters().Select(p => (p, p.Grad?.Clone(), p.RequiresGrad))];
            _modes = context.Model.KeepModes();
        }

        public void Restore()
        {
            _context.Model.LoadStateDict(_weights);
            if (_optimizer is not null)
            {
                _context.Optimizer!.LoadStateDict(_optimizer);
                _context.Optimizer.LearningRate = _learningRate;
            }

            SessionCheckpoint.RestoreRandom(_context.Model, _random);
            foreach ((Parameter parameter, Tensor? gradient, bool requires) in _gradients)
            {
                parameter.RequiresGrad = requires;
                parameter.Grad = gradient;
            }

            _modes.Dispose();
        }
    }
}
