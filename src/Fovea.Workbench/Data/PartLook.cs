using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Fovea.Workbench;

/// <summary>What was seen of an item.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Label">Its label; null without.</param>
/// <param name="Hash">Of its values as fed.</param>
/// <param name="IsConstant">Whether every channel has one value.</param>
/// <param name="Signature">For neighbours; null for a constant item, or one that is no finite numbers.</param>
/// <param name="Cells">For labels of neighbours, colours told apart; null as the signature.</param>
internal sealed record ItemLook(
    int Index,
    int? Label,
    UInt128 Hash,
    bool IsConstant,
    float[]? Signature,
    float[]? Cells = null
);

/// <summary>Looks at some items of a part of the data, evenly spread over it.</summary>
internal sealed class PartLook
{
    // Items whose traits are measured, about: enough to compare parts by.
    private const int MostTraits = 1000;

    private readonly LintItems _items;
    private readonly ChannelMoments _moments;
    private readonly NeighbourMoments _neighbours;
    private readonly List<ItemLook> _looks = [];
    private readonly List<double[]> _traits = [];
    private double _tails;
    private readonly int _most;
    private int _tailed;

    private PartLook(LintItems items, int most)
    {
        (_items, _most) = (items, most);
        _moments = new ChannelMoments(Math.Max(1, items.Shape[0]));
        _neighbours = new NeighbourMoments(items.Shape);
        Partners = new PositionPartners(items.Shape);
        Far = new FarValues(Math.Max(1, items.Shape[0]));
        Spread = new PositionSpread(items.Shape);
    }

    /// <summary>What was seen, in the order of the items; those that could not be read, or are no finite numbers, are left
    /// out.</summary>
    public IReadOnlyList<ItemLook> Looks => _looks;

    /// <summary>Items looked at.</summary>
    public int Looked { get; private set; }

    /// <summary>Items that could not be read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Items with values that are no finite numbers.</summary>
    public int NonFinite { get; private set; }

    /// <summary>Means and deviations by channel.</summary>
    public ChannelMoments Moments => _moments;

    /// <summary>Correlation of neighbours.</summary>
    public NeighbourMoments Neighbours => _neighbours;

    /// <summary>Mean share of a series that one value fills at its end in every channel; 0 for pictures, NaN for none.</summary>
    public double ConstantTail => _tailed > 0 ? _tails / _tailed : double.NaN;

    /// <summary>Which positions are alike.</summary>
    public PositionPartners Partners { get; }

    /// <summary>The ends of each channel.</summary>
    public FarValues Far { get; }

    /// <summary>Series with a value that comes again, ten times as far from all others of its channel as those lie apart: a mark for
    /// what is missing has another value in each where each is scaled by itself.</summary>
    public int FarItems { get; private set; }

    /// <summary>Where items vary.</summary>
    public PositionSpread Spread { get; }

    /// <summary>What was measured of each item.</summary>
    public IReadOnlyList<double[]> Traits => _traits;

    /// <summary>Looks.</summary>
    /// <param name="items">The part.</param>
    /// <param name="most">The most items that are read.</param>
    public static PartLook Of(LintItems items, int most)
    {
        PartLook look = new(items, most);
        int count = Math.Min(items.Count, Math.Max(0, most));
        float[] values = new float[items.Shape.Count];
        for (int i = 0; i < count; i++)
        {
            look.See((int)((long)i * items.Count / count), values);
        }

        return look;
    }

    private double Tail(float[] values)
    {
        if (_items.Shape.Rank != 2)
        {
            return 0;
        }

        int length = _items.Shape[1],
            shortest = length;
        for (int c = 0; c < _items.Shape[0]; c++)
        {
            int end = (c + 1) * length,
                run = 1;
            while (run < length && values[end - 1 - run] == values[end - 1])
            {
                run++;
            }

            shortest = Math.Min(shortest, run);
        }

        return (double)shortest / length;
    }

    private bool IsFar(float[] values)
    {
        FarValues own = new(_items.Shape[0]);
        own.Add(values);
        return own.Furthest is { Count: > 1, Times: >= FarValueFindings.Far };
    }

    private void See(int index, float[] values)
    {
        Looked++;
        int? label;
        try
        {
            _items.Read(index, values);
            label = _items.Label(index);
        }
        catch (Exception e)
            when (e is IOException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            Unreadable++;
            return;
        }

        if (!Array.TrueForAll(values, float.IsFinite))
        {
            NonFinite++;
            return;
        }

        bool constant = _moments.Add(values);
        Far.Add(values);
        FarItems += _items.Shape.Rank == 2 && IsFar(values) ? 1 : 0;
        Spread.Add(values);
        if ((Looked - 1) % Math.Max(1, Math.Min(_items.Count, _most) / MostTraits) == 0)
        {
            _traits.Add(ItemTraits.Of(values, _items.Shape));
        }

        if (!constant)
        {
            _neighbours.Add(values);
            _tails += Tail(values);
            _tailed++;
            Partners.Add(values);
        }

        float[]? signature = constant ? null : ItemSignature.Of(values, _items.Shape);
        _looks.Add(
            new ItemLook(
                index,
                label,
                XxHash128.HashToUInt128(MemoryMarshal.AsBytes(values.AsSpan())),
                constant,
                signature,
                signature is null ? null : ItemSignature.WithColours(values, _items.Shape) ?? signature
            )
        );
    }
}
