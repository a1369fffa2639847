namespace Fovea.Workbench;

/// <summary>1.3: what the network would cost with depthwise-separable convolutions.</summary>
/// <remarks>
/// A k x k convolution from m to n channels has k²mn weights, a depthwise and a pointwise one k²m + mn: 1/n + 1/k² of
/// them, and of the multiply-adds. Howard et al. 2017, MobileNets,
/// https://arxiv.org/abs/1704.04861, section 3.1; there (table 4) it took one point of ImageNet accuracy, 71.7 to 70.6 %. Counted with a copy of the batch normalization that follows,
/// and without the convolutions that read the network's input, which MobileNet keeps as well.
/// </remarks>
public sealed class SeparableSaving : Question
{
    /// <inheritdoc/>
    public override string Id => "1.3";

    /// <inheritdoc/>
    public override string Text => "What would depthwise-separable convolutions save here?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        Separation[] dense =
        [
            .. FilterLayer
                .ByLayer(evidence)
                .Where(uses => uses[0] is { HasKernel: true, Filters: { Groups: 1, IsTransposed: false } })
                .Where(uses => !uses.Any(l => l.ReadsInput))
                .Select(uses => new Separation(uses[0], uses.Sum(l => l.MultiplyAdds))),
        ];
        if (dense.Length == 0)
        {
            return NotApplicable("No dense convolution of more than one tap stands behind the first layer.");
        }

        double parameters = evidence.Cost.Parameters - dense.Sum(d => (double)d.SavedParameters),
            work = evidence.Cost.MultiplyAdds - dense.Sum(d => (double)d.SavedWork);
        double parameterShare = Figures.Share(parameters, evidence.Cost.Parameters),
            workShare = Figures.Share(work, evidence.Cost.MultiplyAdds);
        Separation best = dense.MaxBy(d => d.SavedWork)!;
        string finding =
            $"Made separable, {Figures.Of(dense.Length, "dense convolution")} would bring {Figures.Count(evidence.Cost.MultiplyAdds)} multiply-adds to {Figures.Count(work)} ({Figures.Percent(workShare)}) "
            + $"and {Figures.Count(evidence.Cost.Parameters)} parameters to {Figures.Count(parameters)} ({Figures.Percent(parameterShare)}); {best.Layer.Name} alone goes to {Figures.Percent(best.Ratio)} of its work.";
        return Answer(Verdict.Ok, finding) with
        {
            Layers = [.. dense.OrderByDescending(d => d.SavedWork).Select(d => d.Layer.Name)],
            Predicted =
            [
                new("denseConvolutions", dense.Length, "layers"),
                new("multiplyAdds", work, "multiply-adds"),
                new("parameters", parameters, "values"),
                new("workRatio", workShare, "ratio"),
                new("parameterRatio", parameterShare, "ratio"),
                new("bestLayerRatio", best.Ratio, "ratio"),
            ],
            Threshold = "none: what is saved is exact, what it costs in accuracy a run must show",
            Source = "Howard et al. 2017, MobileNets, section 3.1 and table 4",
            Experiment = $"fovea inspect {evidence.Model} --replace depthwise",
        };
    }

    /// <summary>A dense convolution, and what its separable form saves: parameters once, work at every use.</summary>
    private sealed record Separation(FilterLayer Layer, long MultiplyAdds)
    {
        public double Ratio => (1.0 / Layer.Filters.OutChannels) + (1.0 / Layer.Filters.Taps);

        public long SavedWork => MultiplyAdds - (MultiplyAdds / Layer.WeightCount * Weights);

        public long SavedParameters =>
            Layer.Parameters == 0
                ? 0
                : Layer.WeightCount - Weights - (Layer.Filters.HasBias ? Layer.Filters.InChannels : 0) - NormOfParts;

        private long Weights => (long)Layer.Filters.InChannels * (Layer.Filters.Taps + Layer.Filters.OutChannels);

        private long NormOfParts =>
            (Layer.Norm?.Parameters.Sum(p => p.Count) ?? 0) / Layer.Filters.OutChannels * Layer.Filters.InChannels;
    }
}
