using System.CommandLine;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What <c>fovea inspect</c> can be asked, and which of it does not go together.</summary>
internal static class InspectOptions
{
    private const int LargestBatch = 65_536;

    public static readonly Argument<string?> Model = new("MODEL")
    {
        Description =
            "A name of the zoo, with arguments or without, a file of network text or the text itself, or a run folder or checkpoint. Left out: lists the zoo.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static readonly Option<string?> Input = CommonOptions.Text(
        "--input",
        "CxHxW",
        "Shape of an item, e.g. 3x224x224 or 1x128; a range, 3x193..225, asks which sizes avoid uneven padding. Of several inputs all, in order or by name: 1x28x28,1x28x28 or left=1x28x28,right=1x28x28."
    );
    public static readonly Option<string?> Convention = CommonOptions.Text(
        "--convention",
        string.Join('|', CountingConvention.All.Select(c => c.Name)),
        "What is counted; torchvision where left out."
    );
    public static readonly Option<int?> Batch = CommonOptions.Number<int>(
        "--batch",
        "N",
        "Items in a batch; 1 where left out."
    );
    public static readonly Option<string?> Versus = CommonOptions.Text(
        "--versus",
        "OTHER",
        "A second network, to be compared with the first."
    );
    public static readonly Option<string?> Replace = CommonOptions.Text(
        "--replace",
        string.Join('|', GraphEdit.All.Select(e => e.Name)),
        "Compares the network with itself after an edit of its convolutions."
    );
    public static readonly Option<bool> All = new("--all")
    {
        Description = "Show every operation, and every one of repeated blocks.",
    };
    public static readonly Option<bool> Why = new("--why")
    {
        Description = "Show below each layer why its output has its size.",
    };
    public static readonly Option<bool> Csv = new("--csv") { Description = "Print the layers as CSV." };
    public static readonly Option<bool> Text = new("--text") { Description = "Print the network as network text." };
    public static readonly Option<bool> Training = new("--training")
    {
        Description = "Show what a training step keeps for its backward pass, layer by layer, and its peak of memory.",
    };
    public static readonly Option<string?> Questions = CommonOptions.Text(
        "--questions",
        "FILE.dll",
        "An assembly with questions of your own, asked besides."
    );
    public static readonly Option<string?> Group = CommonOptions.Text(
        "--group",
        string.Join('|', QuestionSource.Groups),
        "Ask the questions of one group only."
    );

    /// <summary>Adds all of them to a command, in the order of its help.</summary>
    public static void AddTo(Command command)
    {
        command.Arguments.Add(Model);
        foreach (
            Option option in new Option[]
            {
                Input,
                Convention,
                Batch,
                Versus,
                Replace,
                All,
                Why,
                Csv,
                Text,
                Training,
                Questions,
                Group,
            }
        )
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What is asked of every network of the command line.</summary>
    /// <exception cref="ArgumentException">The batch, the convention or the questions do not exist.</exception>
    public static InspectRequest Read(ParseResult parsed)
    {
        int batch = parsed.GetValue(Batch) ?? 1;
        return batch is < 1 or > LargestBatch
            ? throw new ArgumentException($"--batch must be 1 to {LargestBatch:N0}, got {batch}.")
            : new InspectRequest(
                parsed.GetValue(Convention) is { } convention
                    ? CountingConvention.Parse(convention)
                    : CountingConvention.Torchvision,
                batch,
                QuestionSource.Read(parsed.GetValue(Questions), parsed.GetValue(Group))
            );
    }

    /// <summary>Refuses wishes that exclude each other.</summary>
    /// <exception cref="ArgumentException">Two of them do.</exception>
    public static void Refuse(ParseResult parsed)
    {
        bool json = parsed.GetValue(CommonOptions.Json),
            csv = parsed.GetValue(Csv),
            versus = parsed.GetValue(Versus) is not null,
            replace = parsed.GetValue(Replace) is not null;
        if (versus && replace)
        {
            throw new ArgumentException("--versus and --replace are two comparisons; ask for one.");
        }

        if (json && csv)
        {
            throw new ArgumentException("--json and --csv are two forms of the result; ask for one.");
        }

        if (parsed.GetValue(Text) && (json || csv || versus))
        {
            throw new ArgumentException("--text prints one network as text; leave --json, --csv and --versus away.");
        }

        if (csv && (versus || (replace && !IsRange(parsed))))
        {
            throw new ArgumentException("--csv is for the layers of one network; take --json for a comparison.");
        }

        if (parsed.GetValue(Training) && (csv || versus || replace || parsed.GetValue(Text) || IsRange(parsed)))
        {
            throw new ArgumentException(
                "--training shows one network at one input size; leave --csv, --text, --versus, --replace and ranges away."
            );
        }

        if ((versus || parsed.GetValue(Text)) && IsRange(parsed))
        {
            throw new ArgumentException(
                "--input with a range is for one network; leave --versus and --text away, or give one size."
            );
        }
    }

    private static bool IsRange(ParseResult parsed) =>
        parsed.GetValue(Input) is { } input && !InputList.IsList(input) && InputRange.Parse(input).IsRange;
}
