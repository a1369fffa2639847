namespace Fovea;

/// <summary>A file of measured times could not be read or written. The message names the file, the line, what was
/// expected and what was found.</summary>
public sealed class TuningException : IOException
{
    /// <summary>Creates the exception without a message.</summary>
    public TuningException() { }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">File, place, what was expected and found, fix.</param>
    public TuningException(string message)
        : base(message) { }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">File, place, what was expected and found, fix.</param>
    /// <param name="innerException">The cause.</param>
    public TuningException(string message, Exception innerException)
        : base(message, innerException) { }
}
