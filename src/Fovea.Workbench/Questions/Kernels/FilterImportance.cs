using System.Globalization;

namespace Fovea.Workbench;

/// <summary>1.12: which filters matter, as the rise of the loss without each.</summary>
/// <remarks>The intervals are 95 %, of paired differences over parts of the same items. Of many filters one in forty is above
/// its interval by chance; what is the same to the bit is exact. Morcos and others 2018, On the importance of single
/// directions for generalization, https://arxiv.org/abs/1803.06959, silence units likewise.</remarks>
public sealed class FilterImportance : MeasuredQuestion
{
    // Standard errors of a 95 % interval.
    private const double Sure = 1.96;

    // Of the filters tried of a layer, and how many of them there must be.
    private const double Many = 0.25;
    private const int Enough = 4;

    /// <inheritdoc/>
    public override string Id => "1.12";

    /// <inheritdoc/>
    public override string Text => "Which filters matter?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        EndLook look = EndLook.Of(
            measured,
            "ablation",
            "No layer can be silenced by filter: none is read by another, or there are no items to measure."
        );
        Filter[] filters = [.. look.Lines.SelectMany(Filter.Of).Where(f => double.IsFinite(f.Rise))];
        if (filters.Length == 0)
        {
            return CannotTell(
                look.Missing.Length > 0 ? look.Missing : "Without a filter the loss is no finite number."
            );
        }

        Filter most = filters.MaxBy(f => f.Rise)!;
        Filter[] unsure = [.. filters.Where(f => !(Math.Abs(f.Rise) > Sure * f.Error))];
        MeasuredProbe[] idle =
        [
            .. look
                .Lines.Where(l => l["without"] >= Enough && l["without"] >= Many * l["tried"])
                .OrderByDescending(l => l["without"] / l["tried"]),
        ];
        double none = look.Lines.Sum(l => l["without"]);
        string finding =
            $"Of {filters.Length} filters of {Figures.Of(look.Lines.Count, "layer")} tried on {look.Lines[0]["items"]:F0} items, filter {most.Place} of {most.Layer} matters most: without it the loss rises from {look.Lines[0]["loss"]:G3} by {most.Rise:G3} +- {Sure * most.Error:G2}. {unsure.Length} make no difference that chance does not, {none:F0} of them none at all{(idle.Length > 0 ? $", among them {idle[0]["without"]:F0} of {idle[0]["tried"]:F0} of {idle[0].Layer}" : "")}.";
        return Answer(idle.Length > 0 ? Verdict.Look : Verdict.Ok, finding) with
        {
            Layers = [.. idle.Select(l => l.Layer)],
            Measured =
            [
                new("tried", filters.Length, "filters"),
                new("largestRise", most.Rise, "loss"),
                new("largestRiseError", most.Error, "loss"),
                new("withoutSureEffect", unsure.Length, "filters"),
                new("withoutEffect", none, "filters"),
            ],
            Threshold = $"to look at: a quarter, and {Enough}, of the filters tried of a layer without any effect",
            Source = "Morcos et al. 2018, https://arxiv.org/abs/1803.06959; the limits are ours",
            Remedy =
                idle.Length > 0
                    ? $"{idle[0].Layer} can do with fewer filters, or its filters are dead: see question 3.3."
                    : "",
        };
    }

    /// <summary>A filter that was silenced.</summary>
    private sealed record Filter(string Layer, int Place, double Rise, double Error)
    {
        public static IEnumerable<Filter> Of(MeasuredProbe line) =>
            line
                .Values.Where(v => v.Key.StartsWith("rise", StringComparison.Ordinal))
                .Select(v => int.Parse(v.Key.AsSpan(4), CultureInfo.InvariantCulture))
                .Select(place => new Filter(line.Layer, place, line[$"rise{place}"], line[$"error{place}"]));
    }
}
