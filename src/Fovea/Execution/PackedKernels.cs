using Fovea.Kernels;

namespace Fovea;

/// <summary>The kernels of a compiled network with their packed weights. A step has one for each algorithm that some
/// number of items was run with.</summary>
internal sealed class PackedKernels
{
    private readonly Dictionary<(FusedStep Step, ConvolutionAlgorithm Algorithm), ConvolutionKernel> _kernels = [];
    private readonly LayoutPlan _layouts;
    private readonly OwnWeights _own;
    private readonly Tuning? _tuning;
    private readonly CpuProfile _cpu;

    /// <summary>Notes the weights as they are now; none is packed yet.</summary>
    /// <param name="steps">The steps of the network.</param>
    /// <param name="layouts">How its values lie.</param>
    /// <param name="tuning">What chooses between algorithms; null for the model.</param>
    public PackedKernels(List<FusedStep> steps, LayoutPlan layouts, Tuning? tuning) =>
        (_layouts, _tuning, _cpu, _own) = (layouts, tuning, layouts.Cpu, new OwnWeights(steps));

    /// <summary>Bytes of packed weights made so far.</summary>
    public long WeightBytes
    {
        get
        {
            lock (_kernels)
            {
                return _kernels.Values.Sum(k => k.Bytes);
            }
        }
    }

    /// <summary>The kernel of a convolution for a number of items; weights are packed when first asked for.</summary>
    /// <exception cref="InvalidOperationException">They are to be packed, and were changed after the network was
    /// compiled.</exception>
    public ConvolutionKernel OfConvolution(FusedStep step, int items)
    {
        lock (_kernels)
        {
            AlgorithmChoice choice = _layouts.ChoiceOf(step, items);
            if (_own.AreReleased && PackedBefore(step, choice.Algorithm) is { } packed)
            {
                return packed.ForItems(items, "as packed before the network's own weights were released");
            }

            choice = _tuning is not null && _layouts.IsOpen(step) ? Tuned(_tuning, step, choice, items) : choice;
            ConvolutionKernel kernel = _kernels[(step, choice.Algorithm)] = PackedFor(step, choice);
            _own.Packed(step);
            return kernel.ForItems(items, choice.Reason);
        }
    }

    /// <summary>The kernel of a matrix product for a number of items; weights are packed when first asked
    /// for.</summary>
    /// <exception cref="InvalidOperationException">They are to be packed, and were changed after the network was
    /// compiled.</exception>
    public ConvolutionKernel OfMatrixProduct(FusedStep step, int inFeatures, int outFeatures, int items)
    {
        lock (_kernels)
        {
            if (!_kernels.TryGetValue((step, ConvolutionAlgorithm.Direct), out ConvolutionKernel? kernel))
            {
                _own.BeforePacking(step);
                _kernels[(step, ConvolutionAlgorithm.Direct)] = kernel = StepWeights.PackLinear(
                    step,
                    inFeatures,
                    outFeatures,
                    items,
                    _cpu
                );
                _own.Packed(step);
            }

            return kernel.ForRows(items);
        }
    }

    /// <summary>From now on each of the network's own weights is given up as soon as it is packed; those that are
    /// packed, at once. What was packed serves all numbers of items.</summary>
    /// <exception cref="InvalidOperationException">Weights were changed after the network was compiled; none is given
    /// up.</exception>
    public void Release()
    {
        lock (_kernels)
        {
            if (!_own.AreReleased)
            {
                _own.Release();
                foreach (FusedStep step in _kernels.Keys.Select(k => k.Step).Distinct())
                {
                    _own.Packed(step);
                }
            }
        }
    }

    /// <summary>Gives the memory of weights that were given up back to the system.</summary>
    public void ReturnMemory()
    {
        lock (_kernels)
        {
            _own.Return();
        }
    }

    /// <summary>The choice by known times, or by times that are measured now.</summary>
    private AlgorithmChoice Tuned(Tuning tuning, FusedStep step, AlgorithmChoice byModel, int items)
    {
        TuningEntry entry = tuning.For(((ConvolutionForm)step.Form!).Geometry, items, Measure);
        return byModel with { Algorithm = entry.Choice, Reason = entry.ToString() };

        double[] Measure() =>
            KernelTimer.Measure(
                [
                    .. TuningEntry.Algorithms.Select(a =>
                        PackedFor(step, byModel with { Algorithm = a }).ForItems(items, "")
                    ),
                ],
                _layouts[step.Inputs[0]]!,
                _layouts[step.Output]!,
                items
            );
    }

    /// <summary>The kernel that was kept for an algorithm, or a new one.</summary>
    private ConvolutionKernel PackedFor(FusedStep step, AlgorithmChoice choice)
    {
        if (_kernels.GetValueOrDefault((step, choice.Algorithm)) is { } kept)
        {
            return kept;
        }

        _own.BeforePacking(step);
        return StepWeights.Pack(step, _layouts[step.Inputs[0]]!, _layouts[step.Output]!, choice, _cpu);
    }

    /// <summary>The kernel that was kept for an algorithm, or for another where there is none; null where none was
    /// kept.</summary>
    private ConvolutionKernel? PackedBefore(FusedStep step, ConvolutionAlgorithm algorithm) =>
        _kernels.GetValueOrDefault((step, algorithm)) ?? _kernels.FirstOrDefault(k => k.Key.Step == step).Value;
}
