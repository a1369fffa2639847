using Fovea.Kernels;

namespace Fovea;

/// <summary>Which values lie within the memory of a concatenation, so that the steps that compute them write where they
/// are wanted and nothing is copied.</summary>
/// <remarks>A concatenation can itself lie in a later one. Then all of its pieces are noted as pieces of the
/// last.</remarks>
/// <param name="isBlocked">Whether a value is a map whose channels lie in blocks.</param>
internal sealed class Concatenations(Func<Value, bool> isBlocked)
{
    private readonly Dictionary<Value, (Value Whole, int Block)> _places = [];
    private readonly Dictionary<Value, string> _rules = [];

    /// <summary>The values that lie within another's memory.</summary>
    public IReadOnlyDictionary<Value, (Value Whole, int Block)> Places => _places;

    /// <summary>Where a value lies: in whose memory, and at which of its channel blocks; null where it has memory of
    /// its own.</summary>
    public (Value Whole, int Block)? this[Value value] =>
        _places.TryGetValue(value, out (Value, int) place) ? place : null;

    /// <summary>Whether a value is a map whose channels lie in blocks.</summary>
    public bool IsBlocked(Value value) => isBlocked(value);

    /// <summary>Lets a value that has no place yet lie within another's memory, by a rule.</summary>
    /// <param name="value">The value.</param>
    /// <param name="whole">In whose memory.</param>
    /// <param name="block">At which channel block.</param>
    /// <param name="rule">The rule.</param>
    public void Lay(Value value, Value whole, int block, LoweringRule rule)
    {
        _places.Add(value, (whole, block));
        _rules.Add(value, rule.Name);
    }

    /// <summary>The rule by which a value lies within another's memory; null where it has memory of its own.</summary>
    public string? RuleOf(Value value) => _rules.GetValueOrDefault(value);

    /// <summary>The inputs of a concatenation that must be copied, with the channel at which each begins.</summary>
    public IEnumerable<(Value Input, int Channel)> Copied(FusedStep step)
    {
        (Value whole, int block) = this[step.Output] ?? (step.Output, 0);
        return Pieces(step).Where(p => !Lies(p, whole, block));
    }

    /// <summary>Whether the inputs of a concatenation lie behind one another in a memory, from a block on.</summary>
    public bool AreInRow(FusedStep step, Value whole, int block) => Pieces(step).All(p => Lies(p, whole, block));

    /// <summary>The inputs of a concatenation, with the channel at which each begins.</summary>
    public static IEnumerable<(Value Input, int Channel)> Pieces(FusedStep step)
    {
        int channel = 0;
        foreach (Value input in step.Inputs)
        {
            yield return (input, channel);
            channel += input.Shape.Item[0];
        }
    }

    /// <summary>Whether a piece lies at its channel of a concatenation that begins at a block.</summary>
    private bool Lies((Value Input, int Channel) piece, Value whole, int block) =>
        piece.Channel % TileCall.Block == 0 && this[piece.Input] == (whole, block + (piece.Channel / TileCall.Block));
}
