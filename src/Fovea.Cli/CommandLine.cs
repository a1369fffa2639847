using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Fovea.Cli.Verbs;
using Fovea.Imaging;
using Fovea.Kernels;

namespace Fovea.Cli;

/// <summary>From arguments to an exit status: parses, runs one verb, and says what was wrong in a line or
/// two.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancel)
    {
        Photographs.Register();
        Command root = Root(terminal);
        ParseResult parsed = root.Parse(
            args.Count == 0 ? ["--help"] : args,
            new ParserConfiguration { ResponseFileTokenReplacer = null }
        );
        if (parsed.Action is not HelpAction && (parsed.Errors.Count > 0 || UnknownOption(parsed) is not null))
        {
            terminal.Note(Describe(parsed));
            return ExitCode.Wrong;
        }

        if (parsed.Action is not HelpAction && Empty(parsed) is { } empty)
        {
            terminal.Note($"fovea: {empty}: expected a text, got an empty one.");
            return ExitCode.Wrong;
        }

        InvocationConfiguration configuration = new()
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // Interruption hears the signals
        };
        using Interruption interruption = new(terminal, TrainVerb.Saves(parsed), cancel);
        try
        {
            SetThreads(parsed);
            return await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (OperationCanceledException)
        {
            terminal.Note(Interruption.Stopped);
            return ExitCode.Stopped;
        }
#pragma warning disable CA1031 // the one place where every failure becomes a message and a status
        catch (Exception e)
#pragma warning restore CA1031
        {
            terminal.Note(parsed.GetValue(CommonOptions.Verbose) ? e.ToString() : Message(e));
            return ExitCode.Wrong;
        }
    }

    /// <summary>All verbs and options.</summary>
    /// <remarks>Not a <see cref="RootCommand"/>: its name is that of the file, which is not what a user
    /// types.</remarks>
    internal static Command Root(Terminal terminal)
    {
        Command root = new(
            "fovea",
            "Fovea: trains and examines convolutional neural networks.\n\nExample:\n  fovea train            a small network on a built-in data set, in about a minute"
        );
        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());
        root.Options.Add(CommonOptions.Json);
        root.Options.Add(CommonOptions.Threads);
        root.Options.Add(CommonOptions.Verbose);
        root.Subcommands.Add(TrainVerb.Create(terminal));
        root.Subcommands.Add(DiagnoseVerb.Create(terminal));
        root.Subcommands.Add(EvaluateVerb.Create(terminal));
        root.Subcommands.Add(PredictVerb.Create(terminal));
        root.Subcommands.Add(InspectVerb.Create(terminal));
        root.Subcommands.Add(BenchVerb.Create(terminal));
        root.Subcommands.Add(ExportVerb.Create(terminal));
        root.Subcommands.Add(ConvertVerb.Create(terminal));
        root.Subcommands.Add(VerifyVerb.Create(terminal));
        root.Subcommands.Add(DataVerb.Create(terminal));
        return root;
    }

    private static void SetThreads(ParseResult parsed)
    {
        if (parsed.GetValue(CommonOptions.Threads) is { } threads)
        {
            WorkerPool.Threads = threads is >= 1 and <= 1024
                ? threads
                : throw new ArgumentException($"--threads must be 1 to 1024, got {threads}.");
        }
    }

    private static string Message(Exception e)
    {
        string text = e.Message.ReplaceLineEndings(" ");
        int parameter = text.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        text = e is ArgumentException && parameter > 0 ? text[..parameter] : text;
        bool expected =
            e
            is ArgumentException
                or ShapeException
                or IOException
                or InvalidDataException
                or UnauthorizedAccessException
                or InvalidOperationException;
        return e is OutOfMemoryException ? "fovea: the memory is not enough; use a smaller --batch."
            : expected ? $"fovea: {text}"
            : $"fovea: {e.GetType().Name}: {text} This is a fault of the program; --verbose shows where.";
    }

    /// <summary>One line on what could not be parsed, and what was perhaps meant.</summary>
    private static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = $"See '{Path(command)} --help'.";
        string? token = UnknownOption(parsed) ?? (parsed.UnmatchedTokens is [string first, ..] ? first : null);
        if (token is null && Missing(parsed) is { } missing)
        {
            string takes = string.Join(' ', command.Arguments.Select(a => a.Name));
            return $"fovea: {command.Name} takes {takes}; {missing} is missing. {help}";
        }

        if (token is null)
        {
            // A list of words comes one a line.
            string message = parsed.Errors[0].Message.ReplaceLineEndings("\n");
            message = message
                .Replace(":\n\t", ": ", StringComparison.Ordinal)
                .Replace("\n\t", ", ", StringComparison.Ordinal);
            return $"fovea: {message.ReplaceLineEndings(" ").TrimEnd('.')}. {help}";
        }

        bool isOption = token.StartsWith('-');
        IEnumerable<string> known = isOption
            ? command.Options.Concat(CommonOptions.All).SelectMany(o => o.Aliases.Append(o.Name))
            : command.Subcommands.Select(c => c.Name);
        string kind =
            isOption ? "option"
            : command.Subcommands.Count > 0 ? "verb"
            : "argument";
        string meant = NearMatch.Find(token, known) is { } near ? $" Did you mean '{near}'?" : "";
        return $"fovea: unknown {kind} '{token}'.{meant} {help}";
    }

    /// <summary>The first option or argument that an empty text is given for; null where there is none.</summary>
    private static string? Empty(ParseResult parsed) =>
        parsed
            .CommandResult.Children.Where(c => c.Tokens.Any(t => t.Value.Length == 0))
            .Select(c =>
                c switch
                {
                    OptionResult option => option.Option.Name,
                    ArgumentResult argument => argument.Argument.Name,
                    _ => null,
                }
            )
            .FirstOrDefault(name => name is not null);

    /// <summary>The first argument that must be given and is not.</summary>
    private static string? Missing(ParseResult parsed) =>
        parsed
            .CommandResult.Command.Arguments.FirstOrDefault(a =>
                a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is not { Tokens.Count: > 0 }
            )
            ?.Name;

    /// <summary>The first token that looks like an option and is none: the parser takes it for an argument, e.g. for
    /// the model.</summary>
    private static string? UnknownOption(ParseResult parsed) =>
        parsed
            .Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash)
            .Where(t =>
                t.Type == TokenType.Argument
                && t.Value is (['-', '-', _, ..] or ['-', (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ..])
            )
            .Select(t => t.Value)
            .FirstOrDefault();

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? $"{Path(parent)} {command.Name}"
            : command.Name;
}
