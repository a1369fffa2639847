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
    private const int MostSteps = 100_000;
    private const string Infer = BenchRequest.Infer;
    private const string Train = BenchRequest.Train;

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
        $"{Infer} times the compiled network, {Train} times whole training steps, compiled as when training. {Infer} where left out."
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
    private static readonly Option<string?> BySteps = new("--steps")
    {
        Description =
            "Time each step of the compiled network or of the training step too, beside the measured peak, and say what bounds it. N: so many runs are timed; where left out, as many as --seconds takes.",
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string?> Report = CommonOptions.Text(
        "--report",
        "FILE.html",
        "Time each step and write a page with a roofline picture to FILE.html."
    );
    private static readonly Option<string?> Tune = CommonOptions.Text(
        "--tune",
        "FILE",
        "Choose the algorithms of 3x3 convolutions by measured times, and keep the times in FILE. What FILE holds is not measured again. Without this option a model chooses. Each algorithm rounds in its own way."
    );

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "bench",
            "Measures how fast a network runs on random items, and compares it with the measured peak of the machine.\n\nExample:\n  fovea bench resnet18 --batch 16\n  fovea bench resnet20 --mode train --batch 64 --steps\n  fovea bench resnet50 --report speed.html\n  fovea bench vgg16 --tune times.txt --plan"
        );
        command.Arguments.Add(Model);
        foreach (Option option in new Option[] { Input, Batch, Mode, Seconds, Plan, BySteps, Report, Tune })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        BenchRequest request = Request(parsed);
        Tuning? tuning = parsed.GetValue(Tune) is { } file ? Tuning.Open(file) : null;
        using Work work = Work.Start(terminal, "reading the network");
        NetworkSource source = NetworkSource.Find(parsed.GetRequiredValue(Model), terminal.Note);
        (Module module, Shape item) = source.Open(Item(parsed.GetValue(Input)));
        CompiledNetwork? network = request.IsTraining
            ? null
            : Compiled(module, item, request.Batch, tuning, work, terminal);
        if (parsed.GetValue(Plan))
        {
            string[] plan =
            [
                .. BenchText.Groups(network!, request.Batch),
                .. BenchText.Plan(network!.Plan(request.Batch), terminal),
            ];
            work.Dispose();
            terminal.Write(plan);
            return ExitCode.Done;
        }

        work.Next($"timing {source.Text}");
        BenchResult result = Measure(request, module, item, network, source.Text, work, cancel);
        if (parsed.GetValue(Report) is { } page)
        {
            SpeedReport.Write(page, result.Page());
        }

        work.Dispose();
        if (parsed.GetValue(CommonOptions.Json))
        {
            terminal.WriteJson(BenchJson.Of(result));
        }
        else
        {
            terminal.Write([.. BenchText.Lines(result, network, terminal)]);
        }

        return ExitCode.Done;
    }

    /// <summary>Times the whole, then the steps where they are asked for, then the machine.</summary>
    private static BenchResult Measure(
        BenchRequest request,
        Module module,
        Shape item,
        CompiledNetwork? network,
        string model,
        Work work,
        CancellationToken cancel
    )
    {
        SpeedResult whole = network is null
            ? NetworkSpeed.Train(module, item, request.Batch, request.WholeSeconds, work, cancel)
            : NetworkSpeed.Infer(network, request.Batch, request.WholeSeconds, work, cancel);
        IReadOnlyList<StepTime> steps = [];
        if (request.ByStep)
        {
            work.Next($"timing the steps of {model}");
            int runs = request.RunsOf(whole);
            steps = network is null
                ? NetworkSpeed.TrainingSteps(module, item, request.Batch, runs, cancel)
                : NetworkSpeed.Steps(network, request.Batch, runs);
        }

        work.Next("timing the machine");
        MachineSpeed machine = NetworkSpeed.Machine(whole.PeakGflops);
        return new BenchResult(model, item, request, whole with { PeakGflops = machine.PeakGflops }, steps, machine);
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

    private static BenchRequest Request(ParseResult parsed)
    {
        string mode = parsed.GetValue(Mode) ?? Infer;
        int batch = parsed.GetValue(Batch) ?? 1;
        double seconds = parsed.GetValue(Seconds) ?? 3;
        bool plan = parsed.GetValue(Plan),
            byStep = parsed.GetResult(BySteps) is not null || parsed.GetValue(Report) is not null;
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

        if (mode == Train && (plan || parsed.GetValue(Tune) is not null))
        {
            throw new ArgumentException(
                $"{(plan ? "--plan shows" : "--tune is for")} the compiled network; leave --mode train away. --steps has the passes of a training step."
            );
        }

        if (plan && (byStep || parsed.GetValue(CommonOptions.Json)))
        {
            throw new ArgumentException(
                byStep
                    ? "--plan measures nothing; leave it away, or --steps and --report."
                    : "--plan prints lines for people; leave --json away."
            );
        }

        return new BenchRequest(mode, batch, seconds, byStep, Count(parsed.GetValue(BySteps)));
    }

    /// <summary>How many runs of steps are timed; null where that was left out.</summary>
    private static int? Count(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        && count is >= 1 and <= MostSteps
            ? count
        : throw new ArgumentException(
            $"--steps takes a number of runs, 1 to {MostSteps:N0}, or none, got '{text}'. MODEL stands before it: fovea bench MODEL --steps."
        );

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
}
