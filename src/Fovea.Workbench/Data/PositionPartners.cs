namespace Fovea.Workbench;

/// <summary>Where, over the items, the position lies that is most alike to a position: beside it in pictures and smooth series,
/// anywhere where positions were put in another order.</summary>
/// <remarks>The correlation of a position with each other one, over at most 300 items, for 48 positions of the first channel
/// spread evenly; of large pictures 48 x 48 positions in the middle are looked at. A position counts where its best partner
/// has a correlation of 0.6 or more, and is far where that lies more than 2 away along an axis, and no neighbour comes within
/// 0.05 of it. Both numbers are ours: the share of far ones is 0 in Fashion-MNIST and at most
/// 0.17 in 22 problems of the UCR archive.</remarks>
internal sealed class PositionPartners
{
    private const int MostItems = 300,
        FewestItems = 30,
        Asked = 48,
        Side = 48,
        Far = 2,
        Few = 4,
        Orderly = 5;
    private const double Alike = 0.6,
        AsGood = 0.05;

    private readonly int[] _sizes;
    private readonly int[] _kept;
    private readonly int[] _places;
    private readonly List<float[]> _items = [];

    /// <summary>For items of a shape, [C, ...].</summary>
    public PositionPartners(Shape item)
    {
        _sizes = [.. item.Sizes[1..]];
        _kept = [.. _sizes.Select(s => Math.Min(s, _sizes.Length == 1 ? Side * Side : Side))];
        int count = _sizes.Length is 1 or 2 ? _kept.Aggregate(1, (a, b) => a * b) : 0;
        _places = [.. Enumerable.Range(0, count).Select(PlaceOf)];
    }

    /// <summary>Adds an item that is not constant.</summary>
    public void Add(ReadOnlySpan<float> item)
    {
        if (_items.Count >= MostItems || _places.Length == 0)
        {
            return;
        }

        float[] kept = new float[_places.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = item[_places[i]];
        }

        _items.Add(kept);
    }

    /// <summary>Share of positions whose best partner is far; NaN where fewer than a quarter of those asked have a
    /// partner, or a fifth of the far ones lie at one distance.</summary>
    public double Distant()
    {
        if (_items.Count < FewestItems || _places.Length < 4 * Far)
        {
            return double.NaN;
        }

        float[][] columns = Columns();
        int asked = 0,
            alike = 0;
        List<int> far = [];
        for (int k = 0; k < Asked; k++)
        {
            int place = (int)((k + 0.5) * _places.Length / Asked);
            if (columns[place].Length == 0)
            {
                continue;
            }

            asked++;
            (double near, double away, int partner) = Best(columns, place);
            alike += Math.Max(near, away) >= Alike ? 1 : 0;
            if (away >= Alike && away > near + AsGood)
            {
                far.Add(Math.Abs(partner - place));
            }
        }

        // Things of a certain distance, such as lines of a grid or pairs of dots, are alike at that distance everywhere.
        int most = far.GroupBy(d => d).Select(g => g.Count()).DefaultIfEmpty().Max();
        bool orderly = most >= Few && Orderly * most >= far.Count;
        return alike > 0 && 4 * alike >= asked && !orderly ? (double)far.Count / alike : double.NaN;
    }

    /// <summary>The highest correlations with a position near by, and with one farther away.</summary>
    private (double Near, double Away, int Partner) Best(float[][] columns, int place)
    {
        double near = -1,
            away = -1;
        int partner = place;
        for (int other = 0; other < columns.Length; other++)
        {
            if (other == place || columns[other].Length == 0)
            {
                continue;
            }

            double correlation = System.Numerics.Tensors.TensorPrimitives.Dot(
                columns[place].AsSpan(),
                columns[other].AsSpan()
            );
            if (Distance(place, other) <= Far)
            {
                near = Math.Max(near, correlation);
            }
            else if (correlation > away)
            {
                (away, partner) = (correlation, other);
            }
        }

        return (near, away, partner);
    }

    /// <summary>By position: its values over the items, of mean 0 and length 1; empty where they do not vary.</summary>
    private float[][] Columns()
    {
        float[][] columns = new float[_places.Length][];
        for (int p = 0; p < columns.Length; p++)
        {
            double mean = _items.Average(i => (double)i[p]),
                length = Math.Sqrt(_items.Sum(i => (i[p] - mean) * (i[p] - mean)));
            columns[p] =
                length > 1e-6 * (1 + Math.Abs(mean)) ? [.. _items.Select(i => (float)((i[p] - mean) / length))] : [];
        }

        return columns;
    }

    private int Distance(int a, int b)
    {
        int farthest = 0;
        for (int axis = _kept.Length - 1; axis >= 0; axis--)
        {
            farthest = Math.Max(farthest, Math.Abs((a % _kept[axis]) - (b % _kept[axis])));
            (a, b) = (a / _kept[axis], b / _kept[axis]);
        }

        return farthest;
    }

    /// <summary>A position of the middle part as a place in the item's first channel.</summary>
    private int PlaceOf(int kept)
    {
        int place = 0,
            stride = 1;
        for (int axis = _kept.Length - 1; axis >= 0; axis--)
        {
            place += stride * ((kept % _kept[axis]) + ((_sizes[axis] - _kept[axis]) / 2));
            (kept, stride) = (kept / _kept[axis], stride * _sizes[axis]);
        }

        return place;
    }
}
