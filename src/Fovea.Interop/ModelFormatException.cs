namespace Fovea.Interop;

/// <summary>A file of another program's model cannot be read or written. The one exception of every reader here: the
/// message says which file, where in it, what was expected and what was found.</summary>
public sealed class ModelFormatException : IOException
{
    /// <summary>Creates the exception without a message.</summary>
    public ModelFormatException() { }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">File, place, rule, what was found.</param>
    public ModelFormatException(string message)
        : base(message) { }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">File, place, rule, what was found.</param>
    /// <param name="innerException">The cause.</param>
    public ModelFormatException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Whether the file is sound, but asks for what is not supported.</summary>
    internal bool IsUnsupported { get; init; }
}
