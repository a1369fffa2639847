namespace Fovea.Workbench;

/// <summary>A checkpoint could not be read or written. The message names the file, the place in it, what was found and
/// what was expected.</summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Creates the exception without a message.</summary>
    public CheckpointException() { }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">File, place, what was found and expected, fix.</param>
    public CheckpointException(string message)
        : base(message) { }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">File, place, what was found and expected, fix.</param>
    /// <param name="innerException">The cause.</param>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>A damaged or foreign file: <c>file: place: expected this, found that.</c></summary>
    internal static CheckpointException Damaged(
        string file,
        string place,
        object expected,
        object found,
        string hint = ""
    ) =>
        new(
            FormattableString.Invariant(
                $"{file}: {place}: expected {expected}, found {found}.{(hint.Length > 0 ? " " + hint : "")}"
            )
        );
}
