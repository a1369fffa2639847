using System.Globalization;

namespace Fovea.Workbench.Reports;

/// <summary>An attribute of an element.</summary>
/// <param name="Name">Its name, a word of the code's own.</param>
/// <param name="Value">Its value, any text.</param>
internal sealed record HtmlAttribute(string Name, string Value);

/// <summary>An element of a page. Texts and attribute values are kept as they are and become HTML in
/// <see cref="HtmlWriter"/> alone, so that nothing can be written unescaped.</summary>
internal sealed class Element
{
    private readonly List<HtmlAttribute> _attributes = [];
    private readonly List<object> _children = [];

    /// <param name="name">A word of the code's own.</param>
    /// <param name="content">Attributes, elements, texts, numbers, and lists of those; null is left out.</param>
    public Element(string name, params object?[] content)
    {
        Name = name;
        Add(content);
    }

    public string Name { get; }

    public IReadOnlyList<HtmlAttribute> Attributes => _attributes;

    /// <summary>Elements and texts.</summary>
    public IReadOnlyList<object> Children => _children;

    /// <summary>Adds attributes, elements, texts, numbers, and lists of those.</summary>
    public void Add(object? content)
    {
        switch (content)
        {
            case null:
                break;
            case HtmlAttribute attribute:
                _attributes.Add(attribute);
                break;
            case Element or string:
                _children.Add(content);
                break;
            case System.Collections.IEnumerable list:
                foreach (object? part in list)
                {
                    Add(part);
                }

                break;
            default:
                _children.Add(Convert.ToString(content, CultureInfo.InvariantCulture)!);
                break;
        }
    }
}

/// <summary>Short forms, so that a page's code reads as the page.</summary>
internal static class Markup
{
    public static Element E(string name, params object?[] content) => new(name, content);

    public static HtmlAttribute A(string name, string value) => new(name, value);

    public static HtmlAttribute A(string name, double value) => new(name, Coordinate(value));

    public static HtmlAttribute Class(string value) => new("class", value);

    /// <summary>A place across a drawing as a share of its width, 0-1.</summary>
    public static string Percent(double share) => $"{Coordinate(100 * share)}%";

    /// <summary>A number of a drawing: two decimals are less than a pixel.</summary>
    public static string Coordinate(double value) =>
        Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);
}
