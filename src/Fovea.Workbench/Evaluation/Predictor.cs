using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>A class with its probability.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">0-1; those of all classes sum to 1.</param>
public sealed record LabelProbability(string Label, double Probability);

/// <summary>What a network takes an item for.</summary>
/// <param name="Input">The item: a file, or a data set with a number.</param>
/// <param name="Top">The most probable classes, best first.</param>
/// <param name="Actual">The item's true class, where known.</param>
public sealed record Prediction(string Input, IReadOnlyList<LabelProbability> Top, string? Actual);

/// <summary>Labels items with a trained network; of many, all but the first by the compiled network, with the weights that it
/// has then.</summary>
/// <remarks>Not for several threads at once.</remarks>
/// <param name="model">The network.</param>
/// <param name="top">Classes to report, 1 or more.</param>
/// <param name="notice">Hears once where of animated pictures the first frame is taken; null for nobody.</param>
public sealed class Predictor(TrainedModel model, int top = 5, Action<string>? notice = null)
{
    // Making a network ready takes about as long as a few items: a third of a second where nothing was compiled before.
    private const int EagerItems = 8;

    private readonly Lazy<Func<Tensor, Tensor>> _scores = new(() => Evaluator.Compiled(model.Model, model.ItemShape));
    private int _items;
    private bool _saidAnimated;

    /// <summary>Labels one item.</summary>
    /// <param name="values">The values as a data set stores them; preprocessing is done here.</param>
    /// <param name="input">What to call it.</param>
    /// <param name="actual">Its true class, where known.</param>
    /// <exception cref="ShapeException">The number of values is not that of an item.</exception>
    public Prediction Item(ReadOnlySpan<float> values, string input, string? actual = null)
    {
        float[] item = values.ToArray();
        model.Preprocessing.Apply(item);
        Tensor scores = NoGrad.Run(() =>
            (_items++ < EagerItems ? model.Model.Forward : _scores.Value)(
                Tensor.From(item, [1, .. model.ItemShape.Sizes])
            )
        );
        double[] probabilities = Predictions.Probabilities(scores.ToArray());
        return new Prediction(
            input,
            [
                .. probabilities
                    .Select((p, i) => (P: p, Index: i))
                    .OrderByDescending(c => c.P)
                    .ThenBy(c => c.Index)
                    .Take(Math.Max(1, top))
                    .Select(c => new LabelProbability(model.Classes[c.Index], c.P)),
            ],
            actual
        );
    }

    /// <summary>Labels what is in a file, as the network's items are: a picture, turned upright and brought to size as in
    /// training, or all series of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What to do with missing values and unequal lengths of series; null refuses both.</param>
    /// <exception cref="IOException">The file cannot be read, or is of another kind than the network takes; the message
    /// says both.</exception>
    public IReadOnlyList<Prediction> File(string path, DataOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        Shape item = model.ItemShape;
        if (Directory.Exists(path))
        {
            throw new DataFormatException(
                $"{path}: is a folder. Name files, such as {System.IO.Path.Combine(path, item.Rank == 2 ? "*.tsv" : "*.jpg")}; to measure a folder of class folders take 'evaluate --data'."
            );
        }

        try
        {
            return item.Rank == 2
                ?
                [
                    .. SeriesItem
                        .Read(path, item, model.Classes, options ?? new DataOptions())
                        .Select(s => Item([.. s.Values], s.Name, s.Label)),
                ]
                : [Image(path)];
        }
        catch (DataFormatException e) when (System.IO.File.Exists(path))
        {
            throw new DataFormatException($"{e.Message} The network takes {Wanted(item)}.", e);
        }
    }

    /// <summary>Labels a picture file, turned upright and brought to size as in training.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read, or is no picture.</exception>
    /// <exception cref="ShapeException">The network is not one of pictures.</exception>
    public Prediction Image(string path)
    {
        RasterImage image = ImageFile.Read(path);
        if (image.Frames > 1 && !_saidAnimated)
        {
            _saidAnimated = true;
            notice?.Invoke($"{path} is animated; of such pictures the first frame is labelled.");
        }

        return Item(ImageInput.Fit(image, model.ItemShape, model.Preprocessing.Sizing), path);
    }

    private static string Wanted(Shape item) =>
        item.Rank == 2
            ? FormattableString.Invariant(
                $"series of {item[1]} points{(item[0] == 1 ? "" : $" in {item[0]} channels")} (.tsv, .csv, .txt, .ts or .arff)"
            )
            : FormattableString.Invariant(
                $"{(item[0] == 1 ? "gray" : "colour")} pictures, brought to {item[1]} x {item[2]}"
            );

    /// <summary>Labels an item of a data set.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="index">The item.</param>
    /// <exception cref="ArgumentException">There is no such item.</exception>
    /// <exception cref="ShapeException">The items are of another shape than those the network was trained
    /// on.</exception>
    public Prediction Item(IDataset data, int index)
    {
        ArgumentNullException.ThrowIfNull(data);
        if ((uint)index >= (uint)data.Count)
        {
            throw new ArgumentException($"{data.Name}: items are 0 to {data.Count - 1}, got {index}.", nameof(index));
        }

        if (data.ItemShape != model.ItemShape)
        {
            throw new ShapeException(
                $"{model.Path}: the network was trained on items {model.ItemShape}; {data.Name} has items {data.ItemShape}. Pass data of the same kind."
            );
        }

        float[] values = new float[data.ItemShape.Count];
        data.Read(index, values);
        return Item(values, FormattableString.Invariant($"{data.Name} {index}"), data.Classes[data.Label(index)]);
    }
}
