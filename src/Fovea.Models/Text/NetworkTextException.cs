namespace Fovea.Models;

/// <summary>A network text that cannot be read, or whose layers do not fit one another.</summary>
/// <param name="line">Line of the fault, from 1.</param>
/// <param name="column">Column of the fault, from 1.</param>
/// <param name="message">What was found, what was expected, and the likely fix; line and column are put in
/// front.</param>
/// <param name="inner">The exception of the layer, where one refused its input or options.</param>
public sealed class NetworkTextException(int line, int column, string message, Exception? inner = null)
    : ArgumentException($"line {line}, column {column}: {message}", inner)
{
    /// <summary>Line of the fault, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column of the fault, from 1.</summary>
    public int Column { get; } = column;
}
