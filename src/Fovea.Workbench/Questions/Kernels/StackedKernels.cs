namespace Fovea.Workbench;

/// <summary>1.2: what kernels above 3 would cost as stacks of kernels of 3 with the same receptive field, stride and
/// output size.</summary>
/// <remarks>
/// (k - 1) / 2 kernels of 3 see k positions. From m to n channels they have 9mn + ((k - 3) / 2) 9n² weights instead of
/// k²mn: with m = n = C and k = 7, 27C² instead of 49C². Simonyan,
/// Zisserman 2015, VGG, https://arxiv.org/abs/1409.1556, section 2.3. Where m is far below n, as in a stem, the large
/// kernel is the cheaper one; so it is on series, where k taps face
/// 3 (k - 1) / 2.
/// </remarks>
public sealed class StackedKernels : Question
{
    private const double Worthwhile = 0.1;

    /// <inheritdoc/>
    public override string Id => "1.2";

    /// <inheritdoc/>
    public override string Text => "Would a smaller, stacked or larger kernel give the same receptive field for less?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        FilterLayer[][] large =
        [
            .. FilterLayer.ByLayer(evidence).Where(uses => uses[0].Filters.Kernel.Any(k => k > 3)),
        ];
        if (large.Length == 0)
        {
            return NotApplicable("No kernel is larger than 3.");
        }

        StackCost[] stacks = [.. large.Select(l => StackCost.Of(evidence, l)).OfType<StackCost>()];
        if (stacks.Length == 0)
        {
            return Answer(
                Verdict.Ok,
                $"No stack of kernels of 3 equals {Figures.Names([.. large.Select(uses => uses[0].Name)])}: even or dilated kernels, or transposed convolutions."
            );
        }

        StackCost[] cheaper =
        [
            .. stacks.Where(s => s.AddedParameters < 0 && s.AddedWork < 0).OrderBy(s => s.AddedWork),
        ];
        double parameters = -cheaper.Sum(s => (double)s.AddedParameters),
            work = -cheaper.Sum(s => (double)s.AddedWork);
        double share = Math.Max(
            Figures.Share(parameters, evidence.Cost.Parameters),
            Figures.Share(work, evidence.Cost.MultiplyAdds)
        );
        StackCost example = cheaper.FirstOrDefault() ?? stacks.MaxBy(s => s.AddedWork)!;
        string finding =
            cheaper.Length == 0
                ? $"No kernel above 3 would cost less as a stack of 3, {stacks.Length} compared: {example}."
                : $"{cheaper.Length} of {Figures.Of(stacks.Length, "kernel")} above 3 would cost less as stacks of 3: {Figures.Count(parameters)} parameters ({Figures.Percent(Figures.Share(parameters, evidence.Cost.Parameters))}) "
                    + $"and {Figures.Count(work)} multiply-adds ({Figures.Percent(Figures.Share(work, evidence.Cost.MultiplyAdds))}) less; {example}.";
        bool look = share >= Worthwhile;
        return Answer(look ? Verdict.Look : Verdict.Ok, finding) with
        {
            Layers = [.. (look ? cheaper : stacks).Select(s => s.Layer.Name)],
            Predicted =
            [
                new("largeKernels", large.Length, "layers"),
                new("cheaperAsStack", cheaper.Length, "layers"),
                new("parametersSaved", parameters, "values"),
                new("multiplyAddsSaved", work, "multiply-adds"),
                new("exampleParametersAdded", example.AddedParameters, "values"),
                new("exampleMultiplyAddsAdded", example.AddedWork, "multiply-adds"),
            ],
            Threshold = "stacks of 3 that together save a tenth of the network's parameters or multiply-adds",
            Source = "Simonyan, Zisserman 2015, section 2.3; the tenth is ours",
            Remedy = look
                ? $"Stack kernels of 3 in place of {Figures.Names([.. cheaper.Select(s => s.Layer.Name)])}, with an activation after each."
                : "",
            Experiment = $"fovea inspect {evidence.Model} --replace 3x3",
        };
    }

    /// <summary>A large kernel, and what its stack adds: parameters once, work at every use.</summary>
    private sealed record StackCost(FilterLayer Layer, int Depth, long AddedParameters, long AddedWork)
    {
        /// <summary>The stack's cost over all uses of a layer; null where the kernel is even or dilated, or the
        /// convolution transposed.</summary>
        public static StackCost? Of(Evidence evidence, FilterLayer[] uses)
        {
            StackCost[] costs = [.. uses.Select(u => OfUse(evidence, u)).OfType<StackCost>()];
            return costs.Length < uses.Length ? null : costs[0] with { AddedWork = costs.Sum(c => c.AddedWork) };
        }

        private static StackCost? OfUse(Evidence evidence, FilterLayer layer)
        {
            WindowAxisMap[] windows = [.. evidence.WindowsOf(layer.Node).Select(w => w.Window)];
            if (
                layer.Filters.IsTransposed
                || windows.Length != layer.Filters.Kernel.Count
                || windows.Any(w => w.Kernel % 2 == 0 || (w.Dilation > 1 && w.Kernel > 1))
            )
            {
                return null;
            }

            int depth = windows.Max(w => w.Kernel) / 2,
                outChannels = layer.Filters.OutChannels;
            long weights = 0,
                work = 0;
            for (int i = 0; i < depth; i++)
            {
                long taps = 1,
                    positions = 1;
                foreach (WindowAxisMap w in windows)
                {
                    taps *= i < w.Kernel / 2 ? 3 : 1;
                    positions *=
                        i == depth - 1
                            ? w.Out
                            : w.In
                                - (2 * Math.Min(i + 1, w.Kernel / 2))
                                + Math.Min(w.Before + w.After, 2 * Math.Min(i + 1, w.Kernel / 2));
                }

                long own =
                    taps * outChannels * ((i == 0 ? layer.Filters.InChannels : outChannels) / layer.Filters.Groups);
                weights += own;
                work += own * positions;
            }

            long perLayer = (layer.Filters.HasBias ? outChannels : 0) + (layer.Norm?.Parameters.Sum(p => p.Count) ?? 0);
            return new StackCost(
                layer,
                depth,
                weights + ((depth - 1) * perLayer) - layer.WeightCount,
                work - layer.MultiplyAdds
            );
        }

        public override string ToString() =>
            $"{Layer.Name} ({Figures.Kernel(Layer.Filters.Kernel)}, {Layer.Filters.InChannels} to {Layer.Filters.OutChannels} channels) as {Depth} kernels of 3: "
            + $"{Signed(AddedParameters)} parameters, {Signed(AddedWork)} multiply-adds";

        private static string Signed(long count) => (count > 0 ? "+" : "") + Figures.Count(count);
    }
}
