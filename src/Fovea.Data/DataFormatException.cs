namespace Fovea.Data;

/// <summary>A data file, folder or name cannot be read as data. The one exception of every reader: the message says
/// which file, where in it, what was expected and what was found.</summary>
public sealed class DataFormatException : IOException
{
    /// <summary>Creates the exception without a message.</summary>
    public DataFormatException() { }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">File, place, rule, what was found.</param>
    public DataFormatException(string message)
        : base(message) { }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">File, place, rule, what was found.</param>
    /// <param name="innerException">The cause.</param>
    public DataFormatException(string message, Exception innerException)
        : base(message, innerException) { }

    private DataFormatException(string file, string? place, string problem, Exception? cause)
        : base(place is null ? $"{file}: {problem}" : $"{file}, {place}: {problem}", cause)
    {
        FileName = file;
        Place = place;
    }

    /// <summary>The file or folder as it was asked for, or null where the problem is not in a file.</summary>
    public string? FileName { get; }

    /// <summary>Where in the file, e.g. <c>line 12, column 40</c> or <c>byte 16</c>; null where the whole file is
    /// meant.</summary>
    public string? Place { get; }

    /// <summary>A problem of a whole file.</summary>
    internal static DataFormatException In(string file, string problem, Exception? cause = null) =>
        new(file, null, problem, cause);

    /// <summary>A problem at a byte of a binary file, counted from 0.</summary>
    internal static DataFormatException AtByte(string file, long offset, string problem, Exception? cause = null) =>
        new(file, $"byte {offset}", problem, cause);

    /// <summary>A problem on a line of a text file, counted from 1.</summary>
    internal static DataFormatException AtLine(string file, int line, string problem) =>
        new(file, $"line {line}", problem, null);

    /// <summary>A problem at a column of a line, both counted from 1; columns count bytes.</summary>
    internal static DataFormatException AtColumn(string file, int line, int column, string problem) =>
        new(file, $"line {line}, column {column}", problem, null);
}
