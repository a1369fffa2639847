using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>views</c>: whether the items held out are known when they are seen otherwise: turned, mirrored, negated, or at half or
/// twice the size.</summary>
/// <remarks>
/// <para>Up to 256 of the items held out, in evaluation. Pictures are seen in the seven ways to turn and mirror a square, series in the
/// opposite order; both with each channel negated about its mean, and at half and twice the size. Of a picture that is not
/// square four of the ways are left out, NaN.</para>
/// <para>Values: <c>items</c>; <c>right</c>, as they are; for each view its name and the items that are right then. Without classes, items
/// held out or axes to turn there are 0 items.</para>
/// </remarks>
public sealed class ViewsProbe : Probe
{
    internal const string ProbeName = "views";
    private const int Items = 256;

    /// <summary>The names of the views, and how they are said.</summary>
    internal static IReadOnlyList<(string Name, string Words)> Views { get; } =
    [
        ("mirrored", "mirrored, left to right, or last value first"),
        ("flipped", "upside down"),
        ("halfTurn", "turned by 180 degrees"),
        ("transposed", "transposed, rows for columns"),
        ("quarterTurn", "turned by 90 degrees"),
        ("quarterBack", "turned by 270 degrees"),
        ("antiTransposed", "transposed about the other diagonal"),
        ("negated", "negated"),
        ("half", "shown at half the size"),
        ("twice", "shown at twice the size"),
    ];

    /// <inheritdoc/>
    public override string Name => ProbeName;

    /// <inheritdoc/>
    public override double Cost => 15;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Batch[] batches = [.. Trials.Some(context.HeldOut, Items)];
        if (
            context.Classes == 0
            || batches.Length == 0
            || batches.Any(b =>
                b.AllInputs.Count != 1
                || b.Inputs is not { DType: DType.Float32, Rank: 3 or 4 }
                || b.Targets is not { DType: DType.Int64, Rank: 1 }
            )
        )
        {
            return [Line(context, ("items", 0))];
        }

        context.Model.Eval();
        using NoGrad scope = NoGrad.Enter();
        return
        [
            Line(
                context,
                [
                    ("items", batches.Sum(b => b.Indices.Count)),
                    ("right", batches.Sum(b => Right(context, b, b.Inputs))),
                    .. Views.Select(v => (v.Name, batches.Sum(b => Right(context, b, Seen(b.Inputs, v.Name))))),
                ]
            ),
        ];
    }

    private static double Right(ProbeContext context, Batch batch, Tensor? inputs) =>
        inputs is null
            ? double.NaN
            : Predictions
                .Highest(context.Model.ForwardAll(inputs)[0])
                .Zip(Predictions.Labels(batch.Targets))
                .Count(p => p.First == p.Second);

    /// <summary>The items seen in some way; null where they cannot be.</summary>
    private static Tensor? Seen(Tensor x, string view)
    {
        bool isPicture = x.Rank == 4;
        int rows = isPicture ? x.Shape[2] : 1,
            columns = x.Shape[x.Rank - 1];
        bool turns = isPicture && rows == columns;
        return view switch
        {
            "mirrored" => Moved(x, rows, columns, (r, c) => (r, columns - 1 - c)),
            "flipped" when isPicture => Moved(x, rows, columns, (r, c) => (rows - 1 - r, c)),
            "halfTurn" when isPicture => Moved(x, rows, columns, (r, c) => (rows - 1 - r, columns - 1 - c)),
            "transposed" when turns => Moved(x, rows, columns, (r, c) => (c, r)),
            "quarterTurn" when turns => Moved(x, rows, columns, (r, c) => (columns - 1 - c, r)),
            "quarterBack" when turns => Moved(x, rows, columns, (r, c) => (c, rows - 1 - r)),
            "antiTransposed" when turns => Moved(x, rows, columns, (r, c) => (columns - 1 - c, rows - 1 - r)),
            "negated" => Negated(x),
            "half" => Moved(x, rows, columns, (r, c) => (Half(r, rows), Half(c, columns))),
            "twice" => Moved(x, rows, columns, (r, c) => (Twice(r, rows), Twice(c, columns))),
            _ => null,
        };
    }

    /// <summary>A place of a picture shown at half the size in the middle; beyond it the nearest of its border.</summary>
    private static int Half(int place, int size) => Math.Clamp((2 * place) - (size / 2), 0, size - 1);

    private static int Twice(int place, int size) => (size / 4) + (place / 2);

    /// <summary>Each value from another place of its channel.</summary>
    private static Tensor Moved(Tensor x, int rows, int columns, Func<int, int, (int Row, int Column)> from)
    {
        int plane = rows * columns;
        int[] places =
        [
            .. Enumerable
                .Range(0, plane)
                .Select(i => from(i / columns, i % columns))
                .Select(p => (p.Row * columns) + p.Column),
        ];
        Tensor moved = x.Clone();
        ReadOnlySpan<float> values = x.AsReadOnlySpan<float>();
        Span<float> seen = moved.AsSpan<float>();
        for (int i = 0; i < seen.Length; i++)
        {
            seen[i] = values[i - (i % plane) + places[i % plane]];
        }

        return moved;
    }

    /// <summary>Each channel mirrored about its mean over the items.</summary>
    private static Tensor Negated(Tensor x)
    {
        int channels = x.Shape[1],
            plane = (int)(x.Count / x.Shape[0] / channels);
        double[] sums = new double[channels];
        Tensor negated = x.Clone();
        Span<float> values = negated.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            sums[i / plane % channels] += values[i];
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(2 * sums[i / plane % channels] / (x.Shape[0] * (double)plane)) - values[i];
        }

        return negated;
    }
}
