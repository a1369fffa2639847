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

        return WithoutTrace($"probe {probe.Name}", context, () => probe.Try(context));
    }

    /// <summary>Runs a trial, puts everything back, and proves that it is as before.</summary>
    /// <param name="name">What it is called in a message.</param>
    /// <param name="context">The network.</param>
    /// <param name="trial">The trial.</param>
    /// <exception cref="InvalidOperationException">The network is not as before to the bit.</exception>
    internal static T WithoutTrace<T>(string name, ProbeContext context, Func<T> trial)
    {
        UInt128 before = HashOf(context);
        ProbeState kept = new(context);
        T result;
        try
        {
            result = trial();
        }
        finally
        {
            kept.Restore();
        }

        return HashOf(context) == before
            ? result
            : throw new InvalidOperationException(
                $"{char.ToUpperInvariant(name[0])}{name[1..]}: the network could not be put back as it was; it has state that is neither parameter, buffer nor generator."
            );
    }

    /// <summary>A sum over all bits that decide what training does next.</summary>
    internal static UInt128 HashOf(ProbeContext context)
    {
        XxHash128 hash = new();
        foreach ((_, Tensor tensor) in context.Model.StateDict())
        {
            Add(hash, tensor);
        }

        foreach (Parameter parameter in context.Model.Parameters())
        {
            hash.Append([parameter.RequiresGrad ? (byte)1 : (byte)0, parameter.Grad is null ? (byte)0 : (byte)1]);
            if (parameter.Grad is { } gradient)
            {
                Add(hash, gradient);
            }
        }

        foreach ((_, Tensor tensor) in context.Optimizer?.StateDict() ?? new Dictionary<string, Tensor>())
        {
            Add(hash, tensor);
        }

        double rate = context.Optimizer?.LearningRate ?? 0.0;
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<double>(in rate)));
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
}
