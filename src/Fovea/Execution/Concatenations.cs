using Fovea.Kernels;

namespace Fovea;

/// <summary>Which values lie within the memory of a concatenation, so that the steps that compute them write where they
/// are wanted and nothing is copied.</summary>
/// <remarks>
/// A piece must begin at a whole channel block. A concatenation can itself be a piece of a later one, by being its
/// input, or by having the same inputs: the chains of a dense block lie in
/// the memory of its last.
/// </remarks>
internal sealed class Concatenations
{
    private readonly Dictionary<Value, (Value Whole, int Block)> _places = [];

    /// <summary>Finds them.</summary>
    /// <param name="steps">The steps of the network.</param>
    /// <param name="isBlocked">Whether a value is a map whose channels lie in blocks.</param>
    public Concatenations(List<FusedStep> steps, Func<Value, bool> isBlocked)
    {
        foreach (FusedStep step in steps.Where(s => s.Form is ConcatForm && s.Inputs.All(isBlocked)).Reverse())
        {
            if (
                _places.TryGetValue(step.Inputs[0], out (Value Whole, int Block) first)
                && AreInRow(step, first.Whole, first.Block)
            )
            {
                _places.TryAdd(step.Output, first);
            }

            (Value whole, int block) = this[step.Output] ?? (step.Output, 0);
            foreach ((Value input, int channel) in Pieces(step).Where(p => p.Channel % TileCall.Block == 0))
            {
                _places.TryAdd(input, (whole, block + (channel / TileCall.Block)));
            }
        }
    }

    /// <summary>The values that lie within another's memory.</summary>
    public IReadOnlyDictionary<Value, (Value Whole, int Block)> Places => _places;

    /// <summary>Where a value lies: in whose memory, and at which of its channel blocks; null where it has memory of
    /// its own.</summary>
    public (Value Whole, int Block)? this[Value value] =>
        _places.TryGetValue(value, out (Value, int) place) ? place : null;

    /// <summary>The inputs of a concatenation that must be copied, with the channel at which each begins.</summary>
    public IEnumerable<(Value Input, int Channel)> Copied(FusedStep step)
    {
        (Value whole, int block) = this[step.Output] ?? (step.Output, 0);
        return Pieces(step)
            .Where(p =>
                p.Channel % TileCall.Block != 0 || this[p.Input] != (whole, block + (p.Channel / TileCall.Block))
            );
    }

    private static IEnumerable<(Value Input, int Channel)> Pieces(FusedStep step)
    {
        int channel = 0;
        foreach (Value input in step.Inputs)
        {
            yield return (input, channel);
            channel += input.Shape.Item[0];
        }
    }

    /// <summary>Whether the inputs of a concatenation lie one behind the other in a memory, from a block on.</summary>
    private bool AreInRow(FusedStep step, Value whole, int block) =>
        Pieces(step)
            .All(p =>
                p.Channel % TileCall.Block == 0 && this[p.Input] == (whole, block + (p.Channel / TileCall.Block))
            );
}
