using System.Text;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>What every page has around its contents, and how it becomes a file.</summary>
internal static class ReportFrame
{
    /// <summary>The page as HTML.</summary>
    /// <param name="title">What the window is called.</param>
    /// <param name="body">What stands above the foot.</param>
    public static string Html(string title, params object?[] body) =>
        HtmlWriter.Page(
            E(
                "html",
                A("lang", "en"),
                E(
                    "head",
                    E("meta", A("charset", "utf-8")),
                    E("meta", A("name", "viewport"), A("content", "width=device-width, initial-scale=1")),
                    E("meta", A("name", "color-scheme"), A("content", "light dark")),
                    E("link", A("rel", "icon"), A("href", "data:,")), // a browser asks for one otherwise
                    E("title", title),
                    E("style", ReportStyle.Css)
                ),
                E(
                    "body",
                    body,
                    E(
                        "footer",
                        E("p", $"Written by Fovea {RunFolder.Version}. One file; it asks nothing of the network.")
                    )
                )
            )
        );

    /// <summary>Writes a page, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="html">The page.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string html)
    {
        string temporary = path + ".new";
        try
        {
            File.WriteAllText(temporary, html, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw new IOException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
