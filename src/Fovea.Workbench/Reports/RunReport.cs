using System.Text;
using Fovea.Workbench.Reports;

namespace Fovea.Workbench;

/// <summary>The page about a training run: <c>report.html</c> in its folder. One file without scripts that opens without a
/// network; docs/report.md says what it shows.</summary>
public static class RunReport
{
    /// <summary>The file's name.</summary>
    public const string FileName = "report.html";

    /// <summary>How often each cause was named in trials with planted faults and in healthy runs; empty where nothing is
    /// published.</summary>
    public static IReadOnlyList<PublishedRate> PublishedRates { get; } = ReadRates();

    /// <summary>The page as HTML.</summary>
    /// <param name="data">What it is made from.</param>
    public static string Html(RunReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return ReportPage.Html(data);
    }

    /// <summary>Writes the page, whole or not at all, and beside it <c>result.json</c> with the end of the run, from which
    /// <see cref="Read"/> has it.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="data">What it is made from.</param>
    /// <returns>The page's file.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static string Write(string folder, RunReportData data)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName),
            html = Html(data);
        try
        {
            if (data.Result is { } result)
            {
                RunEnd.Write(folder, result, data.Mistakes);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: cannot be written: {e.Message}", e);
        }

        ReportFrame.Write(path, html);
        return path;
    }

    /// <summary>What a run folder holds of a page: its end, its epochs, its request, its network. Measurements and answers are
    /// added by who has them: <c>data with { Measured = m, Answers = a }</c>.</summary>
    /// <param name="folder">The run folder.</param>
    /// <exception cref="IOException">The folder is none of a run.</exception>
    /// <exception cref="InvalidDataException">A file in it is damaged.</exception>
    public static RunReportData Read(string folder)
    {
        RunFolder run = RunFolder.Open(folder);
        TrainingRequest? request = run.ReadRequest();
        IReadOnlyList<Metrics> epochs = MetricsLog.Read(run.MetricsPath);
        RunEnd? end = RunEnd.Read(folder);
        (Inspection? network, string without) = request is null
            ? (null, "the network is a module of a program of its own")
            : Network(folder);
        return new RunReportData
        {
            Result = end is null
                ? null
                : new TrainingResult(
                    end.Outcome,
                    end.Message,
                    folder,
                    epochs.Count > 0 ? epochs[^1] : null,
                    end.BestEpoch,
                    end.Test
                )
                {
                    NonFinite = end.NonFinite,
                },
            Mistakes = end?.Mistakes ?? [],
            Epochs = epochs,
            Run = run.ReadRun(),
            Command = request is null ? "" : TrainingCommand.Of(request),
            Network = network,
            WithoutNetwork = without,
            Rates = PublishedRates,
        };
    }

    private static (Inspection? Network, string Without) Network(string folder)
    {
        try
        {
            TrainedModel trained = TrainedModel.Load(folder);
            Graph graph = Graph.Trace(trained.Model, trained.ItemShape, training: true, trained.Name);
            return (Inspection.Of(graph, ShellText.Quote(trained.Name), name: trained.Name), "");
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return (null, e.Message.TrimEnd('.'));
        }
    }

    private static IReadOnlyList<PublishedRate> ReadRates()
    {
        using Stream? file = typeof(RunReport).Assembly.GetManifestResourceStream("rates.json");
        if (file is null)
        {
            return [];
        }

        using StreamReader reader = new(file);
        return RunJson.Line.From<IReadOnlyList<PublishedRate>>(reader.ReadToEnd()) ?? [];
    }
}
