using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Fovea.Benchmarks.Kernels;

/// <summary>Single kernels and operators, timed by BenchmarkDotNet. Each case is measured by itself: what must be
/// interleaved with a peak, with another build or with peers stands in the other commands.</summary>
internal static class KernelBenchmarks
{
    private const int WidestParameter = 40;

    /// <summary>Runs what is asked for.</summary>
    /// <param name="args">BenchmarkDotNet's options, such as <c>--filter *Map*</c>; all where left out.</param>
    public static void Run(string[] args)
    {
        // In this process: the same settings of the compiler as the other commands, and no build of a second program.
        Job job = Job
            .Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(3)
            .WithIterationCount(15)
            .WithIterationTime(TimeInterval.FromMilliseconds(100));
        IConfig config = ManualConfig
            .CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Params, DefaultColumnProviders.Metrics)
            .AddColumn(TargetMethodColumn.Method, StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.StdDev)
            .AddColumn(new SpeedColumn())
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(WidestParameter))
            .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
        BenchmarkSwitcher
            .FromTypes([typeof(MapBenchmarks), typeof(ConvolutionBenchmarks), typeof(OperatorBenchmarks)])
            .Run(args.Length > 0 ? args : ["--filter", "*"], config);
    }
}
