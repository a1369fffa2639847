using System.Text;
using Fovea.Workbench.Reports;

namespace Fovea.Workbench;

/// <summary>The page about a training run: <c>report.html</c> in its folder. One file without scripts that opens without a
/// network; docs/report.md says what it shows.</summary>
public static class RunReport
{
    /// <summary>The file's name.</summary>
    public const string FileName = "report.html";

    /// <summary>The page as HTML.</summary>
    /// <param name="data">What it is made from.</param>
    public static string Html(RunReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return ReportPage.Html(data);
    }

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="data">What it is made from.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static string Write(string folder, RunReportData data)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName),
            temporary = path + ".new";
        try
        {
            File.WriteAllText(temporary, Html(data), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(temporary, path, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: cannot be written: {e.Message}", e);
        }

        return path;
    }
}
