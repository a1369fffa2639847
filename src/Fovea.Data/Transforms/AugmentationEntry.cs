using System.Globalization;

namespace Fovea.Data;

/// <summary>A transform of the text form: its name, its number with range, and how it is made.</summary>
internal sealed record AugmentationEntry(
    string Name,
    string Unit,
    string Description,
    double Default,
    double Lowest,
    double Highest,
    bool Whole,
    Func<double, ItemTransform>? Item,
    Func<double, BatchTransform>? Batch
)
{
    public static readonly AugmentationEntry[] All =
    [
        new(
            "crop",
            "PIXELS",
            "shift an image by up to PIXELS each way",
            4,
            1,
            1024,
            Whole: true,
            a => new RandomCrop((int)a),
            null
        ),
        new(
            "flip",
            "P",
            "mirror an image left to right with probability P",
            0.5,
            0,
            1,
            Whole: false,
            a => new RandomFlip(a),
            null
        ),
        new(
            "erase",
            "P",
            "blank a random rectangle of an image with probability P",
            0.25,
            0,
            1,
            Whole: false,
            a => new RandomErasing(a),
            null
        ),
        new(
            "resized-crop",
            "SHARE",
            "cut out a random part of a picture, SHARE of its area or more, and resize it",
            0.08,
            0.01,
            1,
            Whole: false,
            a => new RandomResizedCrop(a),
            null
        ),
        new(
            "color",
            "STRENGTH",
            "change brightness, contrast and saturation by up to STRENGTH",
            0.4,
            0.01,
            1,
            Whole: false,
            a => new ColorJitter(a),
            null
        ),
        new(
            "hue",
            "SHARE",
            "turn the hue of a colour picture by up to SHARE of the colour circle",
            0.1,
            0.001,
            0.5,
            Whole: false,
            a => new HueJitter(a),
            null
        ),
        new(
            "autoaugment",
            "P",
            "change a picture by the policy learned on ImageNet with probability P",
            1,
            0,
            1,
            Whole: false,
            a => new AutoAugment(a),
            null
        ),
        new(
            "randaugment",
            "MAGNITUDE",
            "change a picture twice at random, with strength 0 to 30",
            9,
            0,
            30,
            Whole: true,
            a => new RandAugment((int)a),
            null
        ),
        new(
            "trivialaugment",
            "P",
            "change a picture once at random, with probability P and any strength",
            1,
            0,
            1,
            Whole: false,
            a => new TrivialAugment(a),
            null
        ),
        new(
            "jitter",
            "STD",
            "add Gaussian noise of deviation STD to a series",
            0.03,
            0.0001,
            10,
            Whole: false,
            a => new Jitter(a),
            null
        ),
        new(
            "scale",
            "STD",
            "multiply a series by a factor of deviation STD around 1",
            0.1,
            0.0001,
            1,
            Whole: false,
            a => new RandomScale(a),
            null
        ),
        new(
            "window",
            "SHARE",
            "stretch a random SHARE of a series to full length",
            0.9,
            0.01,
            1,
            Whole: false,
            a => new WindowCrop(a),
            null
        ),
        new(
            "mixup",
            "ALPHA",
            "blend pairs of items and their classes",
            0.2,
            0.01,
            10,
            Whole: false,
            null,
            a => new Mixup(a)
        ),
        new(
            "cutmix",
            "ALPHA",
            "paste a rectangle of another image, classes by area",
            1,
            0.01,
            10,
            Whole: false,
            null,
            a => new CutMix(a)
        ),
    ];

    public double Amount(string text)
    {
        bool number = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        return number && value >= Lowest && value <= Highest && (!Whole || value == Math.Floor(value))
            ? value
            : throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Augmentation: {Name}={Unit} must be a {(Whole ? "whole " : "")}number from {Lowest} to {Highest}, got '{text}'."
                )
            );
    }
}
