using static Fovea.Data.PictureOperation;

namespace Fovea.Data;

/// <summary>One of 25 pairs of changes, each with its own probability and strength, learned on ImageNet (Cubuk, Zoph, Mané,
/// Vasudevan, Le: AutoAugment; 2019, table 9).</summary>
/// <param name="probability">0 to 1: how often a picture is changed; the paper's choice is 1.</param>
public sealed class AutoAugment(double probability) : PictureTransform
{
    private const int Levels = 10;

    // (operation, probability, level 0-9) twice.
    private static readonly (
        (PictureOperation Kind, double P, int Level) First,
        (PictureOperation Kind, double P, int Level) Second
    )[] Policies =
    [
        ((Posterize, 0.4, 8), (Rotate, 0.6, 9)),
        ((Solarize, 0.6, 5), (AutoContrast, 0.6, 0)),
        ((Equalize, 0.8, 0), (Equalize, 0.6, 0)),
        ((Posterize, 0.6, 7), (Posterize, 0.6, 6)),
        ((Equalize, 0.4, 0), (Solarize, 0.2, 4)),
        ((Equalize, 0.4, 0), (Rotate, 0.8, 8)),
        ((Solarize, 0.6, 3), (Equalize, 0.6, 0)),
        ((Posterize, 0.8, 5), (Equalize, 1.0, 0)),
        ((Rotate, 0.2, 3), (Solarize, 0.6, 8)),
        ((Equalize, 0.6, 0), (Posterize, 0.4, 6)),
        ((Rotate, 0.8, 8), (Color, 0.4, 0)),
        ((Rotate, 0.4, 9), (Equalize, 0.6, 0)),
        ((Equalize, 0.0, 0), (Equalize, 0.8, 0)),
        ((Invert, 0.6, 0), (Equalize, 1.0, 0)),
        ((Color, 0.6, 4), (Contrast, 1.0, 8)),
        ((Rotate, 0.8, 8), (Color, 1.0, 2)),
        ((Color, 0.8, 8), (Solarize, 0.8, 7)),
        ((Sharpness, 0.4, 7), (Invert, 0.6, 0)),
        ((ShearX, 0.6, 5), (Equalize, 1.0, 0)),
        ((Color, 0.4, 0), (Equalize, 0.6, 0)),
        ((Equalize, 0.4, 0), (Solarize, 0.2, 4)),
        ((Solarize, 0.6, 5), (AutoContrast, 0.6, 0)),
        ((Invert, 0.6, 0), (Equalize, 1.0, 0)),
        ((Color, 0.6, 4), (Contrast, 1.0, 8)),
        ((Equalize, 0.8, 0), (Equalize, 0.6, 0)),
    ];

    /// <inheritdoc/>
    public override string Name => "autoaugment";

    /// <inheritdoc/>
    public override double Amount => probability;

    /// <inheritdoc/>
    protected override RasterImage Change(RasterImage picture, Rng rng)
    {
        if (rng.NextDouble() >= probability)
        {
            return picture;
        }

        var (first, second) = Policies[rng.Next(Policies.Length)];
        foreach ((PictureOperation kind, double p, int level) in new[] { first, second })
        {
            bool applies = rng.NextDouble() < p;
            double strength = OperationStrengths.Usual(kind, level / (Levels - 1.0), picture, rng);
            picture = applies ? PictureOperations.Apply(picture, kind, strength) : picture;
        }

        return picture;
    }
}

/// <summary>Two changes drawn with equal chances, all of one strength (Cubuk, Zoph, Shlens, Le: RandAugment;
/// 2020).</summary>
/// <param name="magnitude">The strength, a whole number 0 to 30; 9 is usual.</param>
public sealed class RandAugment(int magnitude) : PictureTransform
{
    private const int Changes = 2,
        Levels = 31;

    /// <inheritdoc/>
    public override string Name => "randaugment";

    /// <inheritdoc/>
    public override double Amount => magnitude;

    /// <inheritdoc/>
    protected override RasterImage Change(RasterImage picture, Rng rng)
    {
        for (int i = 0; i < Changes; i++)
        {
            PictureOperation kind = (PictureOperation)rng.Next((int)Invert); // all but Invert
            double strength = OperationStrengths.Usual(kind, magnitude / (Levels - 1.0), picture, rng);
            picture = PictureOperations.Apply(picture, kind, strength);
        }

        return picture;
    }
}

/// <summary>One change of a strength, both drawn with equal chances (Müller, Hutter: TrivialAugment, wide space;
/// 2021).</summary>
/// <param name="probability">0 to 1: how often a picture is changed; the paper's choice is 1.</param>
public sealed class TrivialAugment(double probability) : PictureTransform
{
    private const int Levels = 31;

    /// <inheritdoc/>
    public override string Name => "trivialaugment";

    /// <inheritdoc/>
    public override double Amount => probability;

    /// <inheritdoc/>
    protected override RasterImage Change(RasterImage picture, Rng rng)
    {
        if (rng.NextDouble() >= probability)
        {
            return picture;
        }

        PictureOperation kind = (PictureOperation)rng.Next((int)Invert); // all but Invert
        return PictureOperations.Apply(
            picture,
            kind,
            OperationStrengths.Wide(kind, rng.Next(Levels) / (Levels - 1.0), rng)
        );
    }
}

/// <summary>How strong each change is at a level of 0 to 1: the ranges of the papers, as torchvision has them.</summary>
internal static class OperationStrengths
{
    /// <summary>Of AutoAugment and RandAugment; the direction is drawn.</summary>
    public static double Usual(PictureOperation kind, double level, RasterImage picture, Rng rng)
    {
        double sign = rng.Next(2) == 0 ? -1 : 1;
        return kind switch
        {
            ShearX or ShearY => sign * 0.3 * level,
            TranslateX => sign * 150.0 / 331.0 * picture.Width * level,
            TranslateY => sign * 150.0 / 331.0 * picture.Height * level,
            Rotate => sign * 30 * level,
            Brightness or Color or Contrast or Sharpness => sign * 0.9 * level,
            Posterize => 8 - (int)Math.Round(4 * level),
            Solarize => 255 * (1 - level),
            _ => 0,
        };
    }

    /// <summary>Of TrivialAugment's wide space.</summary>
    public static double Wide(PictureOperation kind, double level, Rng rng)
    {
        double sign = rng.Next(2) == 0 ? -1 : 1;
        return kind switch
        {
            ShearX or ShearY => sign * 0.99 * level,
            TranslateX or TranslateY => sign * 32 * level,
            Rotate => sign * 135 * level,
            Brightness or Color or Contrast or Sharpness => sign * 0.99 * level,
            Posterize => 8 - (int)Math.Round(6 * level),
            Solarize => 255 * (1 - level),
            _ => 0,
        };
    }
}
