namespace Fovea;

/// <summary>A tensor's shape does not fit what is asked of it. The message names the operation or layer, the rule, what
/// it got and the likely fix.</summary>
public sealed class ShapeException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public ShapeException() { }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Subject: rule, values got, shapes, hint.</param>
    public ShapeException(string message)
        : base(message) { }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">Subject: rule, values got, shapes, hint.</param>
    /// <param name="innerException">The cause.</param>
    public ShapeException(string message, Exception innerException)
        : base(message, innerException) { }
}
