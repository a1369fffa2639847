using System.Globalization;

namespace Fovea.Interop;

/// <summary>How a recorded case came out.</summary>
public enum OnnxOutcome
{
    /// <summary>Every output is as recorded.</summary>
    Passed,

    /// <summary>An output differs, or the network could not be run.</summary>
    Failed,

    /// <summary>The model asks for what is not supported.</summary>
    Skipped,
}

/// <summary>The result of a recorded case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Detail">What differs, or why it was not run; empty where it passed.</param>
public sealed record OnnxResult(OnnxCase Case, OnnxOutcome Outcome, string Detail);

/// <summary>How far an output may lie from the recorded one: |got - recorded| up to Absolute + Relative |recorded|.</summary>
/// <param name="Relative">Share of the recorded value; 1e-3 as in the ONNX test suite.</param>
/// <param name="Absolute">Added to it; 1e-7 as in the ONNX test suite.</param>
public sealed record OnnxTolerance(double Relative = 1e-3, double Absolute = 1e-7);

/// <summary>A model with recorded inputs and outputs, as the ONNX test suite keeps them: <c>model.onnx</c> beside
/// <c>test_data_set_*/input_0.pb</c> and <c>output_0.pb</c>.</summary>
/// <param name="Name">The folder, below the one that was searched.</param>
/// <param name="Model">The model's file.</param>
/// <param name="DataSets">Folders of recorded inputs and outputs.</param>
public sealed record OnnxCase(string Name, string Model, IReadOnlyList<string> DataSets)
{
    /// <summary>The cases in a folder, or in a tree of folders.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="model">The model of all data sets of the folder; null for the one in each case's own folder.</param>
    /// <returns>Cases by name.</returns>
    /// <exception cref="ModelFormatException">The folder cannot be read.</exception>
    public static IReadOnlyList<OnnxCase> Find(string folder, string? model = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Onnx.OnnxReader.Guard(
            folder,
            () =>
            {
                IEnumerable<IGrouping<string, string>> found = Directory
                    .EnumerateDirectories(folder, "test_data_set_*", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
                    .GroupBy(d => Path.GetDirectoryName(d)!);
                return (IReadOnlyList<OnnxCase>)
                    [
                        .. found
                            .Select(g => new OnnxCase(NameOf(folder, g.Key), model ?? ModelIn(g.Key), [.. g]))
                            .OrderBy(c => c.Name, StringComparer.Ordinal),
                    ];
            }
        );
    }

    private static string NameOf(string root, string folder)
    {
        string name = Path.GetRelativePath(root, folder).Replace('\\', '/');
        return name == "." ? Path.GetFileName(Path.GetFullPath(folder)) : name;
    }

    private static string ModelIn(string folder)
    {
        string usual = Path.Combine(folder, "model.onnx");
        return File.Exists(usual)
            ? usual
            : Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal).FirstOrDefault(usual);
    }

    /// <summary>Runs the model on every data set and compares its outputs.</summary>
    /// <param name="tolerance">How far they may lie from the recorded ones.</param>
    public OnnxResult Verify(OnnxTolerance tolerance)
    {
        ArgumentNullException.ThrowIfNull(tolerance);
        try
        {
            OnnxNetwork network = OnnxNetwork.Load(Model);
            using (NoGrad.Enter())
            {
                foreach (string set in DataSets)
                {
                    if (Onnx.RecordedData.Check(network, set, tolerance) is { } difference)
                    {
                        return new OnnxResult(this, OnnxOutcome.Failed, $"{Path.GetFileName(set)}: {difference}");
                    }
                }
            }

            return new OnnxResult(this, OnnxOutcome.Passed, "");
        }
        catch (ModelFormatException e)
        {
            return new OnnxResult(this, e.IsUnsupported ? OnnxOutcome.Skipped : OnnxOutcome.Failed, e.Message);
        }
        catch (ShapeException e)
        {
            return new OnnxResult(this, OnnxOutcome.Failed, e.Message);
        }
    }
}
