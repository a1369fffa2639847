using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Fovea.Benchmarks.Kernels;

/// <summary>GFLOP/s at the median time, of benchmarks whose parameter knows its multiply-adds.</summary>
internal sealed class SpeedColumn : IColumn
{
    /// <inheritdoc/>
    public string Id => nameof(SpeedColumn);

    /// <inheritdoc/>
    public string ColumnName => "GFLOP/s";

    /// <inheritdoc/>
    public bool AlwaysShow => false;

    /// <inheritdoc/>
    public ColumnCategory Category => ColumnCategory.Custom;

    /// <inheritdoc/>
    public int PriorityInCategory => 0;

    /// <inheritdoc/>
    public bool IsNumeric => true;

    /// <inheritdoc/>
    public UnitType UnitType => UnitType.Dimensionless;

    /// <inheritdoc/>
    public string Legend => "Two operations for each multiply-add that the layer has, a nanosecond of the median";

    /// <inheritdoc/>
    public bool IsAvailable(Summary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary.BenchmarksCases.Any(c => LayerOf(c) is not null);
    }

    /// <inheritdoc/>
    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        GetValue(summary, benchmarkCase, SummaryStyle.Default);

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return
            LayerOf(benchmarkCase) is { } layer
            && summary[benchmarkCase]?.ResultStatistics is { Median: var nanoseconds }
            ? (2.0 * layer.MultiplyAdds / nanoseconds).ToString("F1", CultureInfo.InvariantCulture)
            : "-";
    }

    private static ConvolutionLayer? LayerOf(BenchmarkCase benchmarkCase) =>
        benchmarkCase.Parameters.Items.Select(p => p.Value).OfType<ConvolutionLayer>().FirstOrDefault();
}
