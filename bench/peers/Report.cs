using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Peers;

/// <summary>The table, in Markdown: printed as it grows, and kept for a document.</summary>
internal sealed class Report
{
    private const string Short = "short";

    private readonly PeerOptions _options;
    private readonly string[] _columns;
    private readonly List<(Case Row, Dictionary<string, Ratio> Ratios)> _rows = [];
    private readonly string _firstLoad = Surroundings.Load();
    private readonly List<string> _lines = [];
    private double _difference,
        _afterUpdate;

    /// <summary>Says what is measured where.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="args">In the user's words.</param>
    public Report(PeerOptions options, string[] args)
    {
        _options = options;
        _columns = ColumnsOf(options);
        Write($"    {Surroundings.Switches()}dotnet run -c Release --project bench/peers -- {string.Join(' ', args)}");
        Write("");
        Write(
            $"**Processor: {Surroundings.Processor()}; Fovea with vectors of {CpuTier.Bits} bits; {Surroundings.Date()}.** {Surroundings.Versions(options)}"
        );
        Write(
            $"{(options.IsTraining ? "A training step" : "Inference")}, milliseconds: median, shortest run. Ratios peer / Fovea, of both: above 1 Fovea is ahead."
        );
        Write("");
        string[] peers = [.. _columns[1..].SelectMany(c => new[] { c, "ratio" })];
        string[] heads =
        [
            "network, item",
            "batch",
            "threads",
            _columns[0],
            .. peers,
            .. HasBars ? ["bar"] : Array.Empty<string>(),
        ];
        Write($"| {string.Join(" | ", heads)} |");
        Write($"|---|{string.Concat(Enumerable.Repeat("--:|", heads.Length - 1))}");
    }

    /// <summary>What was written.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Rows that could not be compared, or whose results differ.</summary>
    public int Failures { get; private set; }

    /// <summary>Rows below their bars.</summary>
    public int ShortRows => _rows.Count(IsShort);

    private bool HasBars => !_options.IsTraining;

    /// <summary>The name of the block of a document that a table is for.</summary>
    public static string BlockOf(PeerOptions options) =>
        Line($"{(options.IsZoo ? "zoo" : options.Mode.ToString().ToLowerInvariant())}-{CpuTier.Bits}");

    /// <summary>Writes a row.</summary>
    /// <param name="comparison">Checked.</param>
    /// <param name="times">By engine; null where nothing is measured.</param>
    public void Add(Comparison comparison, Times[]? times)
    {
        _difference = Math.Max(_difference, comparison.Difference);
        _afterUpdate = Math.Max(_afterUpdate, comparison.AfterUpdate);
        Case row = comparison.Row;
        string start = Start(row);
        if (times is null)
        {
            Write(Line($"{start} results differ by {comparison.Difference:E1} |"));
            return;
        }

        Dictionary<string, Times> best = comparison
            .Engines.Zip(times)
            .GroupBy(e => e.First.Column)
            .ToDictionary(c => c.Key, c => c.MinBy(e => e.Second.Median).Second);
        Times own = best[_columns[0]];
        Dictionary<string, Ratio> ratios = best.ToDictionary(
            b => b.Key,
            b => new Ratio(b.Value.Median / own.Median, b.Value.Shortest / own.Shortest)
        );
        _rows.Add((row, ratios));
        IEnumerable<string> cells = _columns[1..]
            .SelectMany(c =>
                best.TryGetValue(c, out Times t)
                    ? [Line($"{t.Median:G4}, {t.Shortest:G4}"), Line($"{ratios[c].Median:F2}, {ratios[c].Shortest:F2}")]
                    : Enumerable.Repeat("-", 2)
            );
        string bar = HasBars ? Bar(_rows[^1]) : "";
        Write(Line($"{start} {own.Median:G4}, {own.Shortest:G4} | {string.Join(" | ", cells)} |{bar}"));
    }

    /// <summary>Writes a row that could not be measured.</summary>
    /// <param name="row">The row.</param>
    /// <param name="why">The error's message.</param>
    public void AddFailure(Case row, string why)
    {
        Failures++;
        Write($"{Start(row)} {why.ReplaceLineEndings(" ")} |");
    }

    /// <summary>Writes means, and what is behind.</summary>
    public void End()
    {
        Write("");
        foreach (string peer in _columns[1..])
        {
            (Case Row, Ratio Ratio)[] known =
            [
                .. _rows.Where(r => r.Ratios.ContainsKey(peer)).Select(r => (r.Row, r.Ratios[peer])),
            ];
            if (known.Length > 0)
            {
                Sum(peer, known);
            }
        }

        if (HasBars && _rows.Count > 0)
        {
            Write(Line($"* Below the bar of the row: {ShortRows} of {_rows.Count(r => Bars.Of(r.Row) is not null)}."));
        }

        string after = _options.IsTraining ? Line($", losses after an update within {_afterUpdate:E1}") : "";
        Write(
            Line(
                $"* {(_options.IsTraining ? "Losses" : "Outputs")} agree within {_difference:E1} of the largest{after}. "
            ) + $"Load {_firstLoad} at first, {Surroundings.Load()} at the end."
        );
    }

    private static string[] ColumnsOf(PeerOptions options) =>
        options.IsTraining ? ["Fovea", Torch.TorchNames.Planes, Torch.TorchNames.ChannelsLast]
        : options.HasTorch ? ["Fovea", "ONNX Runtime", Torch.TorchNames.Planes]
        : ["Fovea", "ONNX Runtime"];

    private void Sum(string peer, (Case Row, Ratio Ratio)[] rows)
    {
        double medians = Math.Exp(rows.Average(r => Math.Log(r.Ratio.Median))),
            shortest = Math.Exp(rows.Average(r => Math.Log(r.Ratio.Shortest)));
        string[] below =
        [
            .. rows.Where(r => r.Ratio.Median < _options.Bar)
                .OrderBy(r => r.Ratio.Median)
                .Select(r => Line($"{Named(r.Row)} {r.Ratio.Median:F2}")),
        ];
        Write(
            Line(
                $"* {peer}: geometric mean {medians:F2} of medians, {shortest:F2} of shortest runs, {rows.Length} rows; behind (below 1) by medians {rows.Count(r => r.Ratio.Median < 1)}, by shortest runs {rows.Count(r => r.Ratio.Shortest < 1)}. Below {_options.Bar}: {(below.Length > 0 ? string.Join(", ", below) : "none")}."
            )
        );
    }

    private string Named(Case row)
    {
        string batch = _options.Batches?.Count > 1 ? Line($", batch {row.Batch}") : "",
            threads = _options.Threads.Count > 1 ? Line($", threads {row.Threads}") : "";
        return row.Network + batch + threads;
    }

    private static bool IsShort((Case Row, Dictionary<string, Ratio> Ratios) row) =>
        row.Ratios.TryGetValue("ONNX Runtime", out Ratio ratio) && ratio.Median < Bars.Of(row.Row);

    private static string Bar((Case Row, Dictionary<string, Ratio> Ratios) row) =>
        Bars.Of(row.Row) is { } bar ? Line($" {bar}{(IsShort(row) ? $" {Short}" : "")} |") : " |";

    private void Write(string line)
    {
        Console.WriteLine(line);
        _lines.Add(line);
    }

    private static string Start(Case row) =>
        Line($"| {row.Network}, {string.Join('x', row.Item.Sizes.ToArray())} | {row.Batch} | {row.Threads} |");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Ratio(double Median, double Shortest);
}
