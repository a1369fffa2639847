using System.Text;

namespace Fovea.Data;

/// <summary>What the lines of an <c>.arff</c> file before <c>@data</c> say.</summary>
internal sealed class ArffHeader(string file)
{
    private bool _insideRelation;

    /// <summary>Whether the lines from here on are cases.</summary>
    public bool InData { get; private set; }

    /// <summary>Whether the channels of a case are one quoted attribute.</summary>
    public bool Relational { get; private set; }

    /// <summary>Points of a series.</summary>
    public int Length { get; private set; }

    /// <summary>Class names.</summary>
    public IReadOnlyList<string> Classes { get; private set; } = [];

    /// <summary>Takes a line.</summary>
    /// <param name="line">Without white space around it.</param>
    /// <param name="place">Line, and column of its first byte, from 1.</param>
    public void Take(ReadOnlySpan<byte> line, (int Line, int Column) place)
    {
        if (StartsWith(line, "@data"u8))
        {
            InData =
                Length > 0 && Classes.Count > 0
                    ? true
                    : throw DataFormatException.AtLine(
                        file,
                        place.Line,
                        $"before @data there must be numeric attributes and a class attribute {{a,b,...}}, got {Length} and {Classes.Count} classes."
                    );
        }
        else if (StartsWith(line, "@end"u8))
        {
            _insideRelation = false;
        }
        else if (StartsWith(line, "@attribute"u8))
        {
            TakeAttribute(line, place);
        }
        else if (!StartsWith(line, "@relation"u8))
        {
            throw DataFormatException.AtLine(
                file,
                place.Line,
                $"before @data every line must start with @relation, @attribute, @end or %, got '{NumberText.Show(line)}'."
            );
        }
    }

    private void TakeAttribute(ReadOnlySpan<byte> line, (int Line, int Column) place)
    {
        if (Classes.Count > 0)
        {
            throw DataFormatException.AtLine(file, place.Line, "the class attribute {a,b,...} must be the last one.");
        }

        int at = "@attribute".Length;
        ArffToken name = ArffToken.Read(line[at..], " \t{"u8, file, (place.Line, place.Column + at));
        at += name.IsQuoted ? name.Length : 0; // a plain name may hold spaces
        int brace = line[at..].IndexOf((byte)'{');
        string type = LastWord(line[at..]);
        if (brace >= 0 && !_insideRelation)
        {
            Classes = ReadClasses(line, at + brace + 1, place);
        }
        else if (type == "RELATIONAL" && Length == 0)
        {
            (Relational, _insideRelation) = (true, true);
        }
        else if (type is "NUMERIC" or "REAL" or "INTEGER" && _insideRelation == Relational)
        {
            Length++;
        }
        else
        {
            throw DataFormatException.AtLine(
                file,
                place.Line,
                $"attributes must be numeric, one relational, or the class {{a,b,...}}, got '{NumberText.Show(line)}'."
            );
        }
    }

    private List<string> ReadClasses(ReadOnlySpan<byte> line, int at, (int Line, int Column) place)
    {
        List<string> classes = [];
        while (at < line.Length)
        {
            ArffToken name = ArffToken.Read(line[at..], ",}"u8, file, (place.Line, place.Column + at));
            if (!name.Text.IsEmpty)
            {
                classes.Add(Encoding.UTF8.GetString(name.Text));
            }

            at += name.Length;
            if (at < line.Length && line[at] == '}')
            {
                return classes;
            }

            at++;
        }

        throw DataFormatException.AtLine(
            file,
            place.Line,
            $"a class attribute must end with }}, got '{NumberText.Show(line)}'."
        );
    }

    private static string LastWord(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> trimmed = NumberText.Trim(text);
        return Encoding.UTF8.GetString(trimmed[(trimmed.LastIndexOfAny(" \t"u8) + 1)..]).ToUpperInvariant();
    }

    private static bool StartsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word) =>
        line.Length >= word.Length && Ascii.EqualsIgnoreCase(line[..word.Length], word);
}
