using System.Globalization;

namespace Fovea.Data;

/// <summary>What turns a raw item into a network's input, fitted once on the training set; it travels in the
/// checkpoint, so that a prediction sees what training saw.</summary>
/// <remarks>Images: (x - mean) / std with a mean and a standard deviation per channel. Series: each channel of each
/// series to mean 0 and deviation 1, or per channel as images. Immutable.</remarks>
public sealed class Preprocessing
{
    // Of ImageNet's photographs, as torchvision's weights were trained with.
    private static readonly float[] PhotographMean = [0.485f, 0.456f, 0.406f],
        PhotographStd = [0.229f, 0.224f, 0.225f];

    /// <summary>Creates a preprocessing from its parts.</summary>
    /// <param name="itemShape">Images [C, H, W] or series [C, L].</param>
    /// <param name="classes">Class names in order of index.</param>
    /// <param name="mean">Mean of each channel; C values.</param>
    /// <param name="std">Standard deviation of each channel, above 0; C values.</param>
    /// <param name="normalizeInstances">Bring each channel of each item to mean 0 and deviation 1 by its own values;
    /// mean and std are then not used.</param>
    /// <exception cref="ShapeException">The item shape does not have 2 or 3 axes, or has more than 67108864 values
    /// (2^26).</exception>
    /// <exception cref="ArgumentException">There is not one finite mean and one deviation a channel that is above 0 and
    /// finite, and whose inverse is finite.</exception>
    public Preprocessing(
        Shape itemShape,
        IReadOnlyList<string> classes,
        IReadOnlyList<float> mean,
        IReadOnlyList<float> std,
        bool normalizeInstances
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(std);
        if (itemShape.Rank is not (2 or 3) || itemShape.Count < 1)
        {
            throw new ShapeException(
                $"Preprocessing: items must be images [C, H, W] or series [C, L], got {itemShape}."
            );
        }

        if (itemShape.Count > ItemLimits.MostValues)
        {
            throw new ShapeException(
                $"Preprocessing: an item may have up to {ItemLimits.MostValues} values, {itemShape} has {itemShape.Count}."
            );
        }

        CheckChannels(itemShape, mean, std);
        (ItemShape, Classes, Mean, Std, NormalizeInstances) = (
            itemShape,
            [.. classes],
            [.. mean],
            [.. std],
            normalizeInstances
        );
    }

    /// <summary>Shape of an item: images [C, H, W] or series [C, L].</summary>
    public Shape ItemShape { get; }

    /// <summary>Class names in order of index.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Mean of each channel over the training set.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>Standard deviation of each channel over the training set, 1 where a channel is constant.</summary>
    public IReadOnlyList<float> Std { get; }

    /// <summary>Whether each channel of each item is normalized by its own mean and deviation.</summary>
    public bool NormalizeInstances { get; }

    /// <summary>How pictures of any size are brought to the items' size; null where the items come in it.</summary>
    public ImageSizing? Sizing { get; init; }

    /// <summary>Fits a preprocessing to a training set: reads every item once. Photographs in colour take the mean and
    /// deviation of ImageNet's instead, as networks trained by others do.</summary>
    /// <param name="training">The training items, at least one.</param>
    /// <param name="normalizeInstances">As <see cref="NormalizeInstances"/>; null: true for series, false for
    /// images.</param>
    /// <exception cref="ArgumentException">There is no item.</exception>
    public static Preprocessing Fit(IDataset training, bool? normalizeInstances = null)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (training.Count == 0)
        {
            throw new ArgumentException(
                $"Preprocessing.Fit: {training.Name} must have at least one item.",
                nameof(training)
            );
        }

        if (training.Sizing is { } sizing && training.ItemShape[0] == 3)
        {
            return new Preprocessing(training.ItemShape, training.Classes, PhotographMean, PhotographStd, false)
            {
                Sizing = sizing,
            };
        }

        ChannelStatistics[] channels = ChannelStatistics.Of(training);
        if (channels.Any(c => !double.IsFinite(c.Mean) || !double.IsFinite(c.Std)))
        {
            throw NotFinite(training);
        }

        return new Preprocessing(
            training.ItemShape,
            training.Classes,
            [.. channels.Select(c => (float)c.Mean)],
            [.. channels.Select(c => c.Std > 1e-8 ? (float)c.Std : 1f)],
            normalizeInstances ?? training.ItemShape.Rank == 2
        )
        {
            Sizing = training.Sizing,
        };
    }

    private static InvalidDataException NotFinite(IDataset training)
    {
        float[] values = new float[training.ItemShape.Count];
        List<int> found = [];
        for (int i = 0; i < training.Count; i++)
        {
            training.Read(i, values);
            if (!Array.TrueForAll(values, float.IsFinite))
            {
                found.Add(training.SourceIndex(i));
            }
        }

        string items = string.Join(", ", found.Take(5)),
            more = found.Count > 5 ? $" and {found.Count - 5} more" : "";
        return new InvalidDataException(
            $"{training.Name}: {(found.Count == 1 ? "item" : "items")} {items}{more} of those to learn from {(found.Count == 1 ? "holds" : "hold")} NaN or infinity, from which a network learns nothing but NaN. Leave such items out, or fill them in."
        );
    }

    /// <summary>Normalizes an item in place.</summary>
    /// <param name="item">As many values as <see cref="ItemShape"/> has elements, last axis fastest.</param>
    /// <exception cref="ShapeException">The item has another number of values.</exception>
    public void Apply(Span<float> item)
    {
        if (item.Length != ItemShape.Count)
        {
            throw new ShapeException(
                $"Preprocessing: an item must have the {ItemShape.Count} values of {ItemShape}, got {item.Length}."
            );
        }

        int length = item.Length / ItemShape[0];
        for (int c = 0; c < ItemShape[0]; c++)
        {
            Span<float> channel = item.Slice(c * length, length);
            if (NormalizeInstances)
            {
                ZNormalization.Apply(channel);
                continue;
            }

            float mean = Mean[c],
                scale = 1 / Std[c];
            for (int i = 0; i < channel.Length; i++)
            {
                channel[i] = (channel[i] - mean) * scale;
            }
        }
    }

    /// <summary>The preprocessing as JSON; <see cref="FromJson"/> gives it back exactly.</summary>
    public string ToJson() => PreprocessingJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What to call the text in messages, e.g. the checkpoint's path.</param>
    /// <exception cref="DataFormatException">The text is not such JSON; the message names the source, the member and
    /// what was found.</exception>
    public static Preprocessing FromJson(string json, string source = "preprocessing")
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(source);
        return new PreprocessingJson(source).Read(json);
    }

    private static void CheckChannels(Shape itemShape, IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        if (mean.Count != itemShape[0] || std.Count != itemShape[0])
        {
            throw new ArgumentException(
                $"Preprocessing: there must be one mean and one std for each of the {itemShape[0]} channels of {itemShape}, got {mean.Count} and {std.Count}."
            );
        }

        for (int c = 0; c < itemShape[0]; c++)
        {
            if (!float.IsFinite(mean[c]) || !float.IsFinite(std[c]) || std[c] <= 0 || !float.IsFinite(1 / std[c]))
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Preprocessing: each channel needs a finite mean and a finite std above 0 whose inverse is finite, got mean {mean[c]} and std {std[c]} for channel {c}."
                    )
                );
            }
        }
    }
}
