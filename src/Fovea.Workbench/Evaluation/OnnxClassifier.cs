using System.Globalization;
using Fovea.Data;
using Fovea.Interop;

namespace Fovea.Workbench;

/// <summary>Classifiers of ONNX files, with the preprocessing and the classes that the file says.</summary>
internal static class OnnxClassifier
{
    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="notice">Hears what the file does not say.</param>
    /// <exception cref="ArgumentException">The network is no classifier of single items.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainedModel Load(string path, Action<string>? notice)
    {
        OnnxNetwork network = OnnxNetwork.LoadScores(path);
        if (network.Inputs.Count != 1 || network.Outputs.Count != 1)
        {
            throw new ArgumentException(
                $"{path}: a classifier has one input and one output, got {network.Inputs.Count} and {network.Outputs.Count}: {string.Join("; ", network.Inputs.Concat(network.Outputs))}."
            );
        }

        if (network.Metadata.TryGetValue(NetworkExport.PreprocessingKey, out string? json))
        {
            Preprocessing told = Preprocessing.FromJson(json, path);
            return new TrainedModel(
                network,
                path,
                network.Metadata.TryGetValue(NetworkExport.RangeKey, out string? range) ? Raw(told, range, path) : told,
                path
            );
        }

        Shape item = network.GraphInputs()[0].Shape.Item;
        SymbolicShape output = network.ToGraph().Output.Shape;
        if (output.Rank != 2)
        {
            throw new ArgumentException($"{path}: a classifier gives one score a class, [N, classes], got {output}.");
        }

        notice?.Invoke(
            $"{path} says nothing of preprocessing and classes: items are given as values of 0 to 1, and classes have numbers. 'fovea train {path} --data D' learns both."
        );
        return new TrainedModel(network, path, Plain(item, Numbers(output.Item[0]), 1f), path)
        {
            HasClassNames = false,
        };
    }

    /// <summary>For a file that prepares items itself.</summary>
    private static Preprocessing Raw(Preprocessing told, string range, string path) =>
        double.TryParse(range, NumberStyles.Float, CultureInfo.InvariantCulture, out double largest) && largest > 0
            ? Plain(told.ItemShape, told.Classes, (float)(1 / largest), told.Sizing)
            : throw new ModelFormatException($"{path}: the largest raw value must be a number above 0, got '{range}'.");

    private static Preprocessing Plain(
        Shape item,
        IReadOnlyList<string> classes,
        float std,
        ImageSizing? sizing = null
    ) =>
        new(
            item,
            classes,
            [.. Enumerable.Repeat(0f, item[0])],
            [.. Enumerable.Repeat(std, item[0])],
            normalizeInstances: false
        )
        {
            Sizing = sizing,
        };

    private static string[] Numbers(int count) =>
        [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
}
