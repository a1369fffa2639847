using Fovea.Kernels;

namespace Fovea;

/// <summary>A piece of a concatenation is computed in the memory of the whole, so that nothing is copied.</summary>
internal sealed class ConcatInPlace : LoweringRule
{
    /// <inheritdoc/>
    public override string Name => "concat in place";

    /// <inheritdoc/>
    public override LoweringPhase Phase => LoweringPhase.Places;

    /// <inheritdoc/>
    public override bool Concerns(RuleSite site) => site.Step.Form is ConcatForm;

    /// <inheritdoc/>
    public override void Apply(RuleSite site)
    {
        Concatenations places = site.Draft.Places!;
        (Value whole, int block) = places[site.Step.Output] ?? (site.Step.Output, 0);
        places.Lay(site.Value, whole, block + (ChannelOf(site) / TileCall.Block), this);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Condition> Conditions(RuleSite site)
    {
        Concatenations places = site.Draft.Places!;
        yield return new(
            site.Step.Inputs.All(places.IsBlocked),
            $"an input of {site.Step.Node.Name} is no map in blocks of channels"
        );
        int channel = ChannelOf(site);
        yield return new(
            channel % TileCall.Block == 0,
            $"{site.Value.Name} begins at channel {channel}, within a block of {TileCall.Block}"
        );
        yield return new(
            places[site.Value] is null,
            $"{site.Value.Name} lies in the memory of {places[site.Value]?.Whole.Name} already"
        );
    }

    private static int ChannelOf(RuleSite site) => Concatenations.Pieces(site.Step).ElementAt(site.Position).Channel;
}
