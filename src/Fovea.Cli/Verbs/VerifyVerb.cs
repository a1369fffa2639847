using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Interop;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea verify</c>: whether ONNX models give their recorded outputs.</summary>
internal static class VerifyVerb
{
    private static readonly Argument<string?> Model = new("MODEL.onnx")
    {
        Description = "The model; left out, each case's own.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Cases = CommonOptions.Text(
        "--cases",
        "DIR",
        "A folder with test_data_set_*/input_0.pb and output_0.pb, or a tree of such; left out, the model's folder."
    );

    private static readonly Option<double?> Relative = Tolerance(
        "--rtol",
        "Share of a recorded value that may differ; 1e-3 where left out."
    );

    private static readonly Option<double?> Absolute = Tolerance(
        "--atol",
        "Difference allowed besides; 1e-7 where left out."
    );

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "verify",
            "Runs ONNX models on recorded inputs and compares their outputs. The last line is 'N passed, N failed, N skipped'; skipped are models with operators that are not supported.\n\nExamples:\n  fovea verify model.onnx\n  fovea verify --cases onnx/backend/test/data"
        );
        command.Arguments.Add(Model);
        command.Options.Add(Cases);
        command.Options.Add(Relative);
        command.Options.Add(Absolute);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        (string folder, string? model) = Source(parsed);
        IReadOnlyList<OnnxCase> cases = OnnxCase.Find(folder, model);
        if (cases.Count == 0)
        {
            throw new ArgumentException(
                parsed.GetValue(Cases) is null && model is not null
                    ? $"{model}: there is no test_data_set_* with input_0.pb and output_0.pb beside it. If they are elsewhere, name their folder by --cases."
                    : $"{folder}: there is no test_data_set_* with input_0.pb and output_0.pb in it or below."
            );
        }

        OnnxTolerance usual = new();
        OnnxTolerance tolerance = new(
            parsed.GetValue(Relative) ?? usual.Relative,
            parsed.GetValue(Absolute) ?? usual.Absolute
        );
        List<OnnxResult> results = [];
        using (Work work = Work.Start(terminal, "verifying"))
        {
            foreach (OnnxCase one in cases)
            {
                cancel.ThrowIfCancellationRequested();
                results.Add(one.Verify(tolerance));
            }
        }

        Write(parsed, terminal, results);
        return results.Exists(r => r.Outcome == OnnxOutcome.Failed) ? ExitCode.No : ExitCode.Done;
    }

    /// <summary>Where the cases are, and their model where it is not each one's own.</summary>
    private static (string Folder, string? Model) Source(ParseResult parsed)
    {
        string? model = parsed.GetValue(Model),
            cases = parsed.GetValue(Cases);
        if (cases is not null && !Directory.Exists(cases))
        {
            throw new ArgumentException($"--cases: there is no folder {cases}.");
        }

        if (model is not null && cases is null && Directory.Exists(model))
        {
            return (model, null);
        }

        return model is not null && !File.Exists(model) ? throw new ArgumentException($"There is no file {model}.")
            : model is null && cases is null ? throw new ArgumentException("verify needs a MODEL.onnx, or --cases DIR.")
            : (cases ?? Path.GetDirectoryName(Path.GetFullPath(model!))!, model);
    }

    private static void Write(ParseResult parsed, Terminal terminal, List<OnnxResult> results)
    {
        int passed = Count(OnnxOutcome.Passed),
            failed = Count(OnnxOutcome.Failed),
            skipped = Count(OnnxOutcome.Skipped);
        if (parsed.GetValue(CommonOptions.Json))
        {
            terminal.WriteJson(
                new
                {
                    passed,
                    failed,
                    skipped,
                    cases = results.Select(r => new
                    {
                        name = r.Case.Name,
                        outcome = r.Outcome.ToString().ToLowerInvariant(),
                        detail = r.Detail,
                    }),
                }
            );
            return;
        }

        foreach (OnnxResult result in results.Where(r => r.Outcome != OnnxOutcome.Passed).OrderBy(r => r.Outcome))
        {
            terminal.Out.WriteLine(
                $"{result.Outcome.ToString().ToLowerInvariant()} {result.Case.Name}: {result.Detail}"
            );
        }

        terminal.Out.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, {skipped} skipped")
        );

        int Count(OnnxOutcome outcome) => results.Count(r => r.Outcome == outcome);
    }

    private static Option<double?> Tolerance(string name, string description) =>
        CommonOptions.Number<double>(name, "X", description, rule: "0 or more", holds: v => v >= 0.0);
}
