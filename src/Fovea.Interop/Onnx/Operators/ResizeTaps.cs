namespace Fovea.Interop.Onnx;

/// <summary>The inputs along an axis that an output mixes, with their weights.</summary>
/// <param name="Places">Positions in the input.</param>
/// <param name="Weights">Their weights.</param>
/// <param name="IsOutside">Whether the output stands for a position outside a region that is cut out.</param>
internal sealed record ResizeTaps(int[] Places, double[] Weights, bool IsOutside)
{
    /// <summary>Those of every output along an axis.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="size">The input's size there.</param>
    public static ResizeTaps[] Along(ResizeRequest request, int axis, int size)
    {
        int output = request.Output[axis];
        double scale = request.Scales[axis];
        ResizeTaps[] taps = new ResizeTaps[output];
        for (int o = 0; o < output; o++)
        {
            double position = Position(request, axis, size, o);
            bool isOutside = request.IsCrop && (position < 0.0 || position > size - 1);
            taps[o] = request.Mode switch
            {
                "nearest" => new(
                    [Math.Clamp((int)Nearest(request.Nearest, position, scale), 0, size - 1)],
                    [1.0],
                    isOutside
                ),
                "linear" => Mix(request, position, size, scale, 1, t => Math.Max(0.0, 1.0 - Math.Abs(t)), isOutside),
                _ => Mix(request, position, size, scale, 2, t => Cubic(request.Cubic, Math.Abs(t)), isOutside),
            };
        }

        return taps;
    }

    /// <summary>The output for a run of inputs, and whether it lies outside.</summary>
    public (double Value, bool IsOutside) Take(double[] values, bool[]? outside, int[] run)
    {
        double sum = 0.0;
        bool isOutside = IsOutside;
        for (int i = 0; i < Places.Length; i++)
        {
            int source = run[Places[i]];
            sum += Weights[i] * values[source];
            isOutside |= outside is not null && Weights[i] != 0.0 && outside[source];
        }

        return (sum, isOutside);
    }

    /// <summary>The position of the input that an output stands for.</summary>
    private static double Position(ResizeRequest request, int axis, int size, int o)
    {
        double scale = request.Scales[axis],
            output = size * scale; // not rounded, as the format has it
        int whole = request.Output[axis];
        switch (request.Coordinates)
        {
            case "align_corners":
                return output == 1.0 ? 0.0 : o * (size - 1.0) / (output - 1.0);
            case "asymmetric":
                return o / scale;
            case "pytorch_half_pixel":
                return whole == 1 ? 0.0 : ((o + 0.5) / scale) - 0.5;
            case "half_pixel_symmetric":
                double adjusted = whole / output,
                    center = size / 2.0;
                return (center * (1.0 - adjusted)) + ((o + 0.5) / scale) - 0.5;
            case "tf_crop_and_resize":
                (double start, double end) = (request.Region[axis], request.Region[axis + request.Output.Rank]);
                return whole > 1
                    ? (start * (size - 1)) + (o * (end - start) * (size - 1) / (whole - 1))
                    : 0.5 * (start + end) * (size - 1);
            default:
                return ((o + 0.5) / scale) - 0.5;
        }
    }

    private static double Nearest(string mode, double position, double scale) =>
        mode switch
        {
            "simple" => scale < 1.0 ? Math.Ceiling(position) : Math.Floor(position),
            "floor" => Math.Floor(position),
            "ceil" => Math.Ceiling(position),
            "round_prefer_ceil" => Math.Floor(position + 0.5),
            _ => Math.Ceiling(position - 0.5),
        };

    /// <summary>Taps up to <paramref name="reach"/> from the position, wider where sizes shrink and are smoothed. What lies
    /// outside stands for the border, or has no weight.</summary>
    private static ResizeTaps Mix(
        ResizeRequest request,
        double position,
        int size,
        double scale,
        int reach,
        Func<double, double> weight,
        bool isOutside
    )
    {
        double spread = request.IsAntialias ? Math.Min(1.0, scale) : 1.0;
        int first = (int)Math.Floor(position - (reach / spread)) + 1,
            last = (int)Math.Ceiling(position + (reach / spread)) - 1;
        last = Math.Max(first, last);
        List<int> places = [];
        List<double> weights = [];
        for (int p = first; p <= last; p++)
        {
            if (!request.ExcludesOutside || (p >= 0 && p < size))
            {
                places.Add(Math.Clamp(p, 0, size - 1));
                weights.Add(weight((p - position) * spread));
            }
        }

        double sum = weights.Sum();
        return new ResizeTaps([.. places], [.. weights.Select(w => sum == 0.0 ? 0.0 : w / sum)], isOutside);
    }

    /// <summary>Keys' cubic kernel: R. Keys, Cubic convolution interpolation for digital image processing, 1981.</summary>
    public static double Cubic(double a, double t) =>
        t <= 1.0 ? ((((a + 2.0) * t) - (a + 3.0)) * t * t) + 1.0
        : t < 2.0 ? (((((a * t) - (5.0 * a)) * t) + (8.0 * a)) * t) - (4.0 * a)
        : 0.0;
}
