using System.Text;

namespace Fovea.Workbench.Reports;

/// <summary>Turns elements into HTML. It is the only place that knows what must be escaped.</summary>
internal static class HtmlWriter
{
    // Elements without an end tag (HTML Standard, 13.1.2).
    private static readonly HashSet<string> Void = ["br", "col", "hr", "img", "input", "link", "meta", "wbr"];

    /// <summary>The page of an <c>html</c> element.</summary>
    public static string Page(Element html)
    {
        StringBuilder text = new("<!DOCTYPE html>\n");
        Write(html, text);
        return text.Append('\n').ToString();
    }

    /// <summary>An element as HTML.</summary>
    public static void Write(Element element, StringBuilder to)
    {
        to.Append('<').Append(element.Name);
        foreach (HtmlAttribute attribute in element.Attributes)
        {
            to.Append(' ').Append(attribute.Name).Append("=\"");
            Escape(attribute.Value, to);
            to.Append('"');
        }

        to.Append('>');
        if (Void.Contains(element.Name))
        {
            return;
        }

        foreach (object child in element.Children)
        {
            switch (child)
            {
                case Element inner:
                    Write(inner, to);
                    break;
                case string style when element.Name == "style":
                    to.Append(Raw(style));
                    break;
                case string text:
                    Escape(text, to);
                    break;
            }
        }

        to.Append("</").Append(element.Name).Append('>');
    }

    // The text of a style element is not escaped in HTML; nothing may end it. It is the code's own.
    private static string Raw(string style) =>
        style.Contains('<', StringComparison.Ordinal)
            ? throw new ArgumentException("HtmlWriter: a style must not hold '<', which could end it.")
            : style;

    /// <summary>Text for an element or an attribute in double quotes. Characters that HTML does not allow become
    /// U+FFFD.</summary>
    private static void Escape(string text, StringBuilder to)
    {
        foreach (Rune rune in text.EnumerateRunes()) // half a pair becomes U+FFFD
        {
            switch (rune.Value)
            {
                case '&':
                    to.Append("&amp;");
                    break;
                case '<':
                    to.Append("&lt;");
                    break;
                case '>':
                    to.Append("&gt;");
                    break;
                case '"':
                    to.Append("&quot;");
                    break;
                case '\t' or '\n' or ' ':
                    to.Append((char)rune.Value);
                    break;
                default:
                    to.Append(IsAllowed(rune) ? rune.ToString() : "\uFFFD");
                    break;
            }
        }
    }

    // Controls and noncharacters are parse errors (HTML Standard, 13.2.3.5).
    private static bool IsAllowed(Rune rune) =>
        !Rune.IsControl(rune) && (rune.Value & 0xFFFE) != 0xFFFE && rune.Value is not (>= 0xFDD0 and <= 0xFDEF);
}
