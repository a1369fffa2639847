namespace Fovea.Data;

/// <summary>What a message says to do about a series that an option would let in, in C# and on the command
/// line.</summary>
internal static class OptionHint
{
    public const string Missing =
        "Set MissingValues to Interpolate (on the command line: --missing interpolate) to fill it from its neighbours.";

    public const string Unequal =
        "Set UnequalLength to Pad or Truncate (on the command line: --unequal pad or --unequal truncate) to make them equal.";
}
