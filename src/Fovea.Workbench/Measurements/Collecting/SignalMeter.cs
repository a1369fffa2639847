using System.Numerics;

namespace Fovea.Workbench;

/// <summary>What a tensor of signals holds, by one pass over it.</summary>
/// <remarks>Sums run in double: squares of floats vanish below 1e-22. A batch [N, C, ...] is read as N x C stretches of
/// positions.</remarks>
internal sealed class SignalMeter
{
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly bool[] _alive;

    private SignalMeter(int units) =>
        (_sums, _squares, _alive) = (new double[units], new double[units], new bool[units]);

    /// <summary>Mean square.</summary>
    public double Power { get; private set; }

    /// <summary>Mean.</summary>
    public double Mean { get; private set; }

    /// <summary>Values that are exactly 0.</summary>
    public long Zeros { get; private set; }

    /// <summary>Values that are no finite numbers.</summary>
    public long NonFinite { get; private set; }

    /// <summary>All values.</summary>
    public long Count { get; private set; }

    /// <summary>Units that have a value above 0.</summary>
    public IReadOnlyList<bool> Alive => _alive;

    /// <summary>By unit: mean.</summary>
    public double MeanOf(int unit) => _sums[unit] / (Count / _sums.Length);

    /// <summary>By unit: variance, divided by the count.</summary>
    public double VarianceOf(int unit)
    {
        double n = Count / _sums.Length,
            mean = _sums[unit] / n;
        return Math.Max(0.0, (_squares[unit] / n) - (mean * mean));
    }

    /// <summary>Measures a tensor.</summary>
    /// <param name="tensor">[N, C, ...], of floats or doubles.</param>
    public static SignalMeter Of(Tensor tensor)
    {
        int units = tensor.Rank > 1 ? tensor.Shape[1] : 1,
            items = tensor.Rank > 0 ? tensor.Shape[0] : 1;
        SignalMeter meter = new(Math.Max(1, units)) { Count = tensor.Count };
        int positions = tensor.Count == 0 ? 0 : (int)(tensor.Count / Math.Max(1, (long)items * units));
        if (tensor.DType == DType.Float64)
        {
            meter.Read(tensor.AsSpan<double>(), positions);
        }
        else
        {
            meter.Read(tensor.AsSpan<float>(), positions);
        }

        meter.Mean = meter._sums.Sum() / Math.Max(1, tensor.Count);
        meter.Power = meter._squares.Sum() / Math.Max(1, tensor.Count);
        return meter;
    }

    /// <summary>The share of outputs of an activation function that bends where its slope is below a twentieth of its
    /// largest; NaN for others.</summary>
    /// <param name="op">The operator's name.</param>
    /// <param name="tensor">Its output.</param>
    public static double Saturated(string op, Tensor tensor)
    {
        // In terms of the output a: sigmoid a(1 - a), at most 1/4; tanh 1 - a^2, at most 1; hardsigmoid flat at 0 and 1.
        Func<float, bool>? flat = op.ToUpperInvariant() switch
        {
            "SIGMOID" => a => a * (1 - a) < 0.05f * 0.25f,
            "TANH" => a => 1 - (a * a) < 0.05f,
            "HARDSIGMOID" => a => a is <= 0 or >= 1,
            _ => null,
        };
        if (flat is null || tensor.DType != DType.Float32 || tensor.Count == 0)
        {
            return double.NaN;
        }

        long count = 0;
        foreach (float value in tensor.AsSpan<float>())
        {
            count += flat(value) ? 1 : 0;
        }

        return (double)count / tensor.Count;
    }

    private void Read(ReadOnlySpan<float> values, int positions)
    {
        for (int start = 0, unit = 0; start < values.Length; start += positions, unit = (unit + 1) % _sums.Length)
        {
            ReadOnlySpan<float> stretch = values.Slice(start, positions);
            (double sum, double squares, float highest, int zeros) = Sums(stretch);
            Note(unit, sum, squares, highest > 0, zeros);
            if (!double.IsFinite(squares))
            {
                foreach (float value in stretch)
                {
                    NonFinite += float.IsFinite(value) ? 0 : 1;
                }
            }
        }
    }

    private void Read(ReadOnlySpan<double> values, int positions)
    {
        for (int start = 0, unit = 0; start < values.Length; start += positions, unit = (unit + 1) % _sums.Length)
        {
            double sum = 0,
                squares = 0,
                highest = double.NegativeInfinity;
            int zeros = 0;
            foreach (double value in values.Slice(start, positions))
            {
                sum += value;
                squares += value * value;
                highest = Math.Max(highest, value);
                zeros += value == 0 ? 1 : 0;
                NonFinite += double.IsFinite(value) ? 0 : 1;
            }

            Note(unit, sum, squares, highest > 0, zeros);
        }
    }

    private void Note(int unit, double sum, double squares, bool alive, int zeros)
    {
        _sums[unit] += sum;
        _squares[unit] += squares;
        _alive[unit] |= alive;
        Zeros += zeros;
    }

    private static (double Sum, double Squares, float Highest, int Zeros) Sums(ReadOnlySpan<float> values)
    {
        double sum = 0,
            squares = 0;
        float highest = float.NegativeInfinity;
        int zeros = 0,
            i = 0;
        if (values.Length >= Vector<float>.Count)
        {
            Vector<double> sums = Vector<double>.Zero,
                both = Vector<double>.Zero;
            Vector<float> most = new(float.NegativeInfinity);
            Vector<int> none = Vector<int>.Zero;
            for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<float> x = new(values[i..]);
                Vector.Widen(x, out Vector<double> low, out Vector<double> high);
                sums += low + high;
                both += (low * low) + (high * high);
                most = Vector.Max(most, x);
                none -= Vector.Equals(x, Vector<float>.Zero);
            }

            (sum, squares, zeros) = (Vector.Sum(sums), Vector.Sum(both), Vector.Sum(none));
            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                highest = Math.Max(highest, most[lane]);
            }
        }

        for (; i < values.Length; i++)
        {
            double value = values[i];
            sum += value;
            squares += value * value;
            highest = Math.Max(highest, values[i]);
            zeros += value == 0 ? 1 : 0;
        }

        return (sum, squares, highest, zeros);
    }
}
