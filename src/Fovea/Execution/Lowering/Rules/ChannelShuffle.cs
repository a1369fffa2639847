namespace Fovea;

/// <summary>Channels split into axes, these put in another order, and merged again, as ShuffleNet mixes its groups: the
/// channels are gathered where they lie, from the pieces of a concatenation too.</summary>
internal sealed class ChannelShuffle : LoweringRule
{
    /// <inheritdoc/>
    public override string Name => "channel shuffle";

    /// <inheritdoc/>
    public override LoweringPhase Phase => LoweringPhase.Nodes;

    /// <inheritdoc/>
    public override bool Concerns(RuleSite site) =>
        site.Step.Form is ViewForm && site.Before is { Node.Operator: Permute } && SplitOf(site) is not null;

    /// <inheritdoc/>
    public override void Apply(RuleSite site)
    {
        FusedStep permute = site.Before!,
            split = SplitOf(site)!;
        List<Value> inputs = [split.Inputs[0]];
        List<(int Input, int Channel)> sources =
        [
            .. Order(split.Output.Shape.Item, OrderOf(permute), site.Step.Output.Shape.Item).Select(c => (0, c)),
        ];
        site.Draft.Remove(split);
        for (int i = 0; i < inputs.Count; i++)
        {
            TakeIn(site.Draft, inputs, sources, i);
        }

        int[] starts = new int[inputs.Count];
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + inputs[i - 1].Shape.Item[0];
        }

        int[] channels = [.. sources.Select(s => starts[s.Input] + s.Channel)];
        site.Draft.Replace(permute, site.Step with { Form = new GatherForm(channels), Inputs = [.. inputs] }, this);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Condition> Conditions(RuleSite site)
    {
        FusedStep split = SplitOf(site)!;
        Value from = split.Inputs[0],
            to = site.Step.Output;
        yield return site.IsReadOnce;
        yield return new(
            split.Output.Consumers.Count == 1 && !site.Draft.IsOutput(split.Output),
            $"{split.Output.Name} is read elsewhere too, or is an output of the network"
        );
        yield return new(
            LayoutPlan.HasPositions(from) && from.Shape.Equals(to.Shape),
            $"{from.Shape} does not come back as maps of its own shape, but as {to.Shape}"
        );
        int positions = from.Shape.Rank - 2;
        int[] order = OrderOf(site.Before!);
        yield return new(
            order[0] == 0
                && order.TakeLast(positions).SequenceEqual(Enumerable.Range(order.Length - positions, positions))
                && BatchAxis.IsByItems(split.Output.Shape)
                && split.Output.Shape.Item.Sizes[^positions..].SequenceEqual(from.Shape.Item.Sizes[^positions..]),
            $"{site.Before!.Node.Name} moves more than channels"
        );
    }

    /// <summary>The reshape before the order of axes changes.</summary>
    private static FusedStep? SplitOf(RuleSite site) =>
        site.Draft.WriterOf(site.Before!.Inputs[0]) is { Form: ViewForm } split ? split : null;

    private static int[] OrderOf(FusedStep permute) =>
        ((PermuteAttributes)permute.Node.Operator.Attributes).Order.ToArray();

    /// <summary>For each channel behind it the channel before.</summary>
    /// <param name="split">An item between the two reshapes: the axes of the channels, then the positions.</param>
    /// <param name="order">The axes of the batch in their new order.</param>
    /// <param name="merged">An item behind them: the channels, then the positions.</param>
    private static IEnumerable<int> Order(Shape split, int[] order, Shape merged)
    {
        int axes = split.Rank - merged.Rank + 1;
        for (int c = 0; c < merged[0]; c++)
        {
            int rest = c,
                channel = 0;
            for (int axis = axes; axis >= 1; axis--)
            {
                int from = order[axis] - 1,
                    step = 1;
                for (int behind = from + 1; behind < axes; behind++)
                {
                    step *= split[behind];
                }

                (rest, int at) = Math.DivRem(rest, split[from]);
                channel += at * step;
            }

            yield return channel;
        }
    }

    /// <summary>Reads what an input is put together from, where nothing else wants the input.</summary>
    private static void TakeIn(LoweringDraft draft, List<Value> inputs, List<(int Input, int Channel)> sources, int i)
    {
        while (
            draft.WriterOf(inputs[i]) is { Form: ConcatForm or GatherForm } before
            && inputs[i].Consumers.Count == 1
            && !draft.IsOutput(inputs[i])
            && before.Inputs.All(LayoutPlan.HasPositions)
        )
        {
            int[] starts = [.. Concatenations.Pieces(before).Select(p => p.Channel)],
                own = before.Form is GatherForm g ? g.Channels : [.. Enumerable.Range(0, inputs[i].Shape.Item[0])];
            int first = inputs.Count - 1; // inputs[i] gives way to the first piece, the others come last
            inputs[i] = before.Inputs[0];
            inputs.AddRange(before.Inputs.Skip(1));
            for (int c = 0; c < sources.Count; c++)
            {
                if (sources[c].Input == i)
                {
                    int channel = own[sources[c].Channel],
                        piece = Array.FindLastIndex(starts, s => s <= channel);
                    sources[c] = (piece == 0 ? i : first + piece, channel - starts[piece]);
                }
            }

            draft.Remove(before);
        }
    }
}
