using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea bench</c>: how fast a network runs here, beside what the machine could do.</summary>
internal static class BenchVerb
{
    private const int LargestBatch = 65_536;
    private const int MostSeconds = 3600;
    private const string Infer = "infer";
    private const string Train = "train";

    private static readonly Argument<string> Model = new("MODEL")
    {
        Description =
            "A name of the zoo, with arguments or without, a file of network text or the text itself, or a run folder or checkpoint.",
    };

    private static readonly Option<string?> Input = CommonOptions.Text(
        "--input",
        "CxHxW",
        "Shape of an item, e.g. 3x224x224 or 1x128. Where left out, the one the network was designed for."
    );
    private static readonly Option<int?> Batch = CommonOptions.Number<int>(
        "--batch",
        "N",
        "Items in a batch; 1 where left out."
    );
    private static readonly Option<string?> Mode = CommonOptions.Text(
        "--mode",
        $"{Infer}|{Train}",
        $"{Infer} times the compiled network, {Train} times whole training steps. {Infer} where left out."
    );
    private static readonly Option<double?> Seconds = CommonOptions.Number<double>(
        "--seconds",
        "S",
        "Seconds to time runs for; at least 5 runs are timed. 3 where left out."
    );
    private static readonly Option<bool> Plan = new("--plan")
    {
        Description =
            "Print what the compiled network runs, a line a step, and the rules that made each step, instead of timing it.",
    };
    private static readonly Option<bool> ByStep = new("--steps")
    {
        Description = "Time each step of the compiled network instead of the whole.",
    };
    private static readonly Option<string?> Tune = CommonOptions.Text(
        "--tune",
        "FILE",
        "Choose the algorithms of 3x3 convolutions by measured times, and keep the times in FILE. What FILE holds is not measured again. Without this option a model chooses. Each algorithm rounds in its own way."
    );

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "bench",
            "Measures how fast a network runs on random items, and compares it with the measured peak of the machine.\n\nExample:\n  fovea bench resnet18 --batch 16\n  fovea bench resnet20 --mode train --batch 64 --threads 1\n  fovea bench vgg16 --tune times.txt --plan"
        );
        command.Arguments.Add(Model);
        foreach (Option option in new Option[] { Input, Batch, Mode, Seconds, Plan, ByStep, Tune })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        string mode = parsed.GetValue(Mode) ?? Infer;
        int batch = parsed.GetValue(Batch) ?? 1;
        double seconds = parsed.GetValue(Seconds) ?? 3;
        bool json = parsed.GetValue(CommonOptions.Json),
            plan = parsed.GetValue(Plan);
        Tuning? tuning = parsed.GetValue(Tune) is { } file ? Tuning.Open(file) : null;
        Check(
            mode,
            batch,
            seconds,
            json,
            plan ? "--plan"
                : parsed.GetValue(ByStep) ? "--steps"
                : null,
            tuning is not null
        );
        using Work work = Work.Start(terminal, "reading the network");
        NetworkSource source = NetworkSource.Find(parsed.GetRequiredValue(Model), terminal.Note);
        (Module module, Shape item) = source.Open(Item(parsed.GetValue(Input)));
        if (plan)
        {
            CompiledNetwork network = Compiled(module, item, batch, tuning, work, terminal);
            string[] lines = [.. GroupLine(network, batch), .. PlanLines(network.Plan(batch), terminal)];
            work.Dispose();
            terminal.Write(lines);
            return ExitCode.Done;
        }

        if (parsed.GetValue(ByStep))
        {
            CompiledNetwork network = Compiled(module, item, batch, tuning, work, terminal);
            work.Next($"timing the steps of {source.Text}");
            string[] lines =
            [
                .. GroupLine(network, batch),
                .. StepLines(NetworkSpeed.Steps(network, batch, seconds), terminal),
            ];
            work.Dispose();
            terminal.Write(lines);
            return ExitCode.Done;
        }

        SpeedResult result = Timed();
        work.Dispose();
        if (json)
        {
            terminal.WriteJson(
                new
                {
                    Model = source.Text,
                    result.Batch,
                    result.Threads,
                    Mode = mode,
                    result.MedianMs,
                    result.MinMs,
                    result.P90Ms,
                    result.Gflops,
                    result.PeakGflops,
                    ImagesPerSecond = result.ItemsPerSecond,
                }
            );
        }
        else
        {
            foreach (string line in Lines(source.Text, item, mode, result))
            {
                terminal.Write(line);
            }
        }

        return ExitCode.Done;

        SpeedResult Timed()
        {
            CompiledNetwork? compiled = mode == Train ? null : Compiled(module, item, batch, tuning, work, terminal);
            work.Next($"timing {source.Text}");
            return compiled is null
                ? NetworkSpeed.Train(module, item, batch, seconds, work, cancel)
                : NetworkSpeed.Infer(compiled, batch, seconds, work, cancel);
        }
    }

    /// <summary>Compiles a network and gives its own weights up. With a tuning, what must be measured for the batch is
    /// measured and saved here.</summary>
    private static CompiledNetwork Compiled(
        Module module,
        Shape item,
        int batch,
        Tuning? tuning,
        Work work,
        Terminal terminal
    )
    {
        work.Next(tuning is null ? "compiling" : "compiling, measuring what the tuning file does not know");
        CompiledNetwork network = module.Eval().Compile(item, tuning: tuning).Prepare(batch, release: true);
        if (tuning is not null)
        {
            tuning.Save();
            terminal.Note(
                $"{tuning.FileName}: {tuning.Measured} {(tuning.Measured == 1 ? "convolution" : "convolutions")} measured, {tuning.Count} known."
            );
        }

        return network;
    }

    private static void Check(string mode, int batch, double seconds, bool json, string? lines, bool tune)
    {
        if (mode is not (Infer or Train))
        {
            throw new ArgumentException($"--mode must be {Infer} or {Train}, got '{mode}'.");
        }

        if (batch is < 1 or > LargestBatch)
        {
            throw new ArgumentException($"--batch must be 1 to {LargestBatch:N0}, got {batch}.");
        }

        if (!(seconds is >= 0 and <= MostSeconds))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"--seconds must be 0 to {MostSeconds:N0}, got {seconds}.")
            );
        }

        if (mode == Train && (lines is not null || tune))
        {
            throw new ArgumentException(
                $"{lines ?? "--tune"} {(lines is null ? "is for" : "shows")} the compiled network; training steps are not compiled. Leave --mode train away."
            );
        }

        if (lines is not null && json)
        {
            throw new ArgumentException($"{lines} prints lines for people; leave --json away.");
        }
    }

    private static Shape? Item(string? text)
    {
        if (text is null)
        {
            return null;
        }

        InputRange range = InputRange.Parse(text);
        return range.IsRange
            ? throw new ArgumentException($"--input {text}: one size is timed at a time; give no range.")
            : range.Items(range.Written)[0];
    }

    private static IEnumerable<string> Lines(string model, Shape item, string mode, SpeedResult r)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        yield return string.Create(
            culture,
            $"{model} at {string.Join('x', item)}, batch {r.Batch}, {(mode == Train ? "training steps" : "inference")}, {r.Threads} {(r.Threads == 1 ? "thread" : "threads")}, {r.Runs} runs"
        );
        yield return string.Create(
            culture,
            $"  time of a run    median {r.MedianMs:F3} ms, shortest {r.MinMs:F3}, 9 of 10 below {r.P90Ms:F3}"
        );
        yield return string.Create(culture, $"  items a second   {r.ItemsPerSecond:F1}");
        yield return string.Create(
            culture,
            $"  GFLOP/s          {r.Gflops:F1}, {r.Gflops / r.PeakGflops:P0} of the measured peak of {r.PeakGflops:F1}{(mode == Train ? "; a step counts as three forward passes" : "")}"
        );
    }

    private static IEnumerable<string> GroupLine(CompiledNetwork network, int batch) =>
        network.GroupSize(batch) is int size && size < batch
            ? [$"{batch} items in groups of {size}; steps of a group:"]
            : [];

    /// <summary>A line a step; where rules made it, another with their names.</summary>
    private static IEnumerable<string> PlanLines(IReadOnlyList<PlannedStep> steps, Terminal terminal) =>
        steps
            .SelectMany(s =>
                s.Rules.Count == 0 ? [s.Step] : new[] { s.Step, $"    rules: {string.Join(", ", s.Rules)}" }
            )
            .SelectMany(line =>
                terminal.TableWidth is { } width
                    ? TextLayout.Wrap(line, width, 6, line.Length - line.TrimStart().Length)
                    : [line]
            );

    private static IEnumerable<string> StepLines(
        (IReadOnlyList<StepTime> Steps, double PeakGflops) measured,
        Terminal terminal
    )
    {
        (IReadOnlyList<StepTime> steps, double peak) = measured;
        CultureInfo culture = CultureInfo.InvariantCulture;
        double sum = steps.Sum(s => s.Milliseconds);
        ResultTable table = new(
            new("ms", IsNumber: true),
            new("share", IsNumber: true),
            new("GFLOP/s", IsNumber: true, Rank: 1),
            new("of peak", IsNumber: true, Rank: 2),
            new("step", Folds: true)
        );
        foreach (StepTime step in steps)
        {
            double gflops = 2e-6 * step.MultiplyAdds / step.Milliseconds;
            bool computes = step.MultiplyAdds > 0;
            table.Add(
                step.Milliseconds.ToString("F3", culture),
                (step.Milliseconds / sum).ToString("P0", culture),
                computes ? gflops.ToString("F1", culture) : "",
                computes ? (gflops / peak).ToString("P0", culture) : "",
                step.Step
            );
        }

        table.Add(
            sum.ToString("F3", culture),
            "",
            "",
            "",
            string.Create(culture, $"sum of the medians; peak {peak:F1} GFLOP/s")
        );
        return table.Lines(terminal);
    }
}
