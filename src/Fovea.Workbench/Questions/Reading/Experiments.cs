using System.Globalization;
using System.Text.RegularExpressions;
using Fovea.Models;

namespace Fovea.Workbench;

/// <summary>Commands that test a remedy: each on a line of its own, to be pasted into a shell. Of a loop written by hand there is
/// none, as no command repeats it.</summary>
internal static class Experiments
{
    // Seeds that the run did not have: its own would only repeat it.
    private const int Seeds = 2;

    /// <summary>The run with options changed and as it was, each over two seeds.</summary>
    /// <param name="measured">The run.</param>
    /// <param name="advised">Options of training, as in <see cref="Answer.Options"/>.</param>
    public static string Pair(Measurements measured, IReadOnlyDictionary<string, string> advised) =>
        measured.Request is { } request && advised.Count > 0
            ? Pair(request, advised.Aggregate(request, (r, o) => With(r, o.Key, o.Value)))
            : "";

    /// <summary>The run with one option changed and as it was, each over two seeds.</summary>
    public static string Pair(Measurements measured, string option, string value) =>
        Pair(measured, new Dictionary<string, string> { [option] = value });

    /// <summary>The run with another operator in its network text and as it was, each over two seeds; empty where its network is no
    /// text that has the operator.</summary>
    /// <param name="measured">The run.</param>
    /// <param name="word">An operator of network text, e.g. <c>sigmoid</c>.</param>
    /// <param name="instead">What stands in its place, e.g. <c>bn; sigmoid</c>.</param>
    public static string Rewritten(Measurements measured, string word, string instead)
    {
        if (measured.Request is not { Model: { } text } request || !ModelSource.IsNetworkText(text))
        {
            return "";
        }

        string other = Regex.Replace(
            text,
            $@"(?<=(?:^|[;{{\n])\s*){Regex.Escape(word)}(?=\s*(?:[;}}\n]|$))",
            instead,
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
        );
        return other == text ? "" : Pair(request, request with { Model = other });
    }

    /// <summary>The run on parts of its items: a learning curve.</summary>
    /// <param name="measured">The run.</param>
    /// <param name="items">Training items of each part, those held out among them.</param>
    public static string Parts(Measurements measured, params IEnumerable<int> items) =>
        measured.Request is { } request
            ? string.Join('\n', items.Select(n => TrainingCommand.Of(request with { TrainCount = n })))
            : "";

    /// <summary>The run for one epoch.</summary>
    public static string OneEpoch(Measurements measured) =>
        measured.Request is { } request ? TrainingCommand.Of(request with { Epochs = 1 }) : "";

    /// <summary>One batch of the run.</summary>
    public static string DryRun(Measurements measured) =>
        measured.Request is { } request ? TrainingCommand.Of(request) + " --dry-run" : "";

    /// <summary>What structure says of the network.</summary>
    public static string Inspect(Evidence evidence, Measurements measured) =>
        measured.Request is null ? "" : $"fovea inspect {evidence.Model} --input {evidence.InputText}";

    /// <summary>The run's data as its user named it, for a sentence: <c>of shapes</c>; of a loop written by hand nothing.</summary>
    public static string OfData(Measurements measured) =>
        measured.Request is { } request ? $" of {request.Data ?? Trainer.DefaultData}" : "";

    /// <summary>A number as options of a command have it.</summary>
    public static string Number(double value) =>
        value.ToString("0.######", CultureInfo.InvariantCulture) is var text && text != "0"
            ? text
            : value.ToString("G3", CultureInfo.InvariantCulture);

    private static string Pair(TrainingRequest request, TrainingRequest changed) =>
        string.Join(
            '\n',
            Enumerable
                .Range(1, Seeds)
                .Select(i => (request.Seed ?? 0) + (ulong)i)
                .SelectMany(seed =>
                    new[] { changed, request }.Select(r => TrainingCommand.Of(r with { Seed = seed, Out = null }))
                )
        );

    private static TrainingRequest With(TrainingRequest request, string option, string value) =>
        option switch
        {
            "lr" => request with
            {
                LearningRate = double.Parse(value, CultureInfo.InvariantCulture),
                Schedule = request.Schedule ?? (request.SearchesRate ? TrainingOptions.OneCycle : null),
            },
            "clip-norm" => request with { ClipNorm = double.Parse(value, CultureInfo.InvariantCulture) },
            "batch" => request with { Batch = int.Parse(value, CultureInfo.InvariantCulture) },
            "accumulation" => request with { Accumulation = int.Parse(value, CultureInfo.InvariantCulture) },
            "patience" => request with { Patience = int.Parse(value, CultureInfo.InvariantCulture) },
            "optimizer" => request with { Optimizer = value },
            "schedule" => request with { Schedule = value },
            "augment" => request with { Augment = value },
            _ => throw new ArgumentException($"Experiments: '{option}' is no option that answers advise."),
        };
}
