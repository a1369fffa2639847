namespace Fovea.Workbench.Reports;

/// <summary>Some points of a curve that are drawn as one.</summary>
/// <param name="X">Where: the last of them.</param>
/// <param name="Low">Lowest value; NaN where none is finite.</param>
/// <param name="Mean">Mean of the values.</param>
/// <param name="High">Highest value.</param>
internal readonly record struct Bucket(double X, double Low, double Mean, double High)
{
    public Bucket(double x, double value)
        : this(x, value, value, value) { }
}

/// <summary>Draws a curve of any number of points in few: by even stretches of its axis, each with its lowest, mean and highest
/// value, so that the spike of a single point stays.</summary>
internal sealed class Envelope
{
    /// <summary>As many stretches as a chart is wide in points, about.</summary>
    public const int Most = 600;

    private readonly List<Bucket> _done = [];
    private readonly double _first;
    private readonly double _width;
    private long _number = -1;
    private double _x;
    private double _low;
    private double _high;
    private double _sum;
    private long _count;

    /// <param name="first">The axis begins here.</param>
    /// <param name="last">And ends here.</param>
    public Envelope(double first, double last) => (_first, _width) = (first, Math.Max(1e-300, (last - first) / Most));

    /// <summary>Adds a point, or several with their lowest, mean and highest value; from left to right. What is not finite is
    /// left out.</summary>
    public void Add(double x, double low, double mean, double high, long weight = 1)
    {
        if (!double.IsFinite(mean))
        {
            return;
        }

        long number = Math.Clamp((long)((x - _first) / _width), 0, Most - 1);
        if (number != _number)
        {
            Close();
            (_number, _low, _high, _sum, _count) = (number, double.PositiveInfinity, double.NegativeInfinity, 0, 0);
        }

        _x = x;
        _low = Math.Min(_low, double.IsFinite(low) ? low : mean);
        _high = Math.Max(_high, double.IsFinite(high) ? high : mean);
        _sum += mean * weight;
        _count += weight;
    }

    /// <summary>Adds a point.</summary>
    public void Add(double x, double value) => Add(x, value, value, value);

    /// <summary>The curve so far, at most <see cref="Most"/> points.</summary>
    public IReadOnlyList<Bucket> Points
    {
        get
        {
            Close();
            _number = -1;
            return _done;
        }
    }

    private void Close()
    {
        if (_number >= 0)
        {
            _done.Add(new Bucket(_x, _low, _sum / _count, _high));
        }
    }
}
