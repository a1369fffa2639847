using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>aliasing</c>: how much of what each layer computes lies at frequencies that its stride cannot carry.</summary>
/// <remarks>
/// <para>The map before sub-sampling is what the layer gives with stride 1: its outputs for the input moved by each number of
/// positions below the stride, interleaved. Energy above half the new sampling frequency over all energy without the mean; white
/// noise has 3/4 at stride 2 in two axes, and what was blurred before has little. In evaluation, of up to 8 fixed items and 16
/// channels, the middle 64 positions of an axis, 24 of volumes.</para>
/// <para>Values, by layer with a stride: <c>share</c>; <c>white</c>, that of white noise; <c>stride</c>, the largest. And one line for
/// the network: <c>layers</c>, layers with a stride; <c>measured</c>, those whose maps have 8 positions or more. No lines where the
/// network cannot be traced or has several inputs.</para>
/// <para>Zhang: Making convolutional networks shift-invariant again, ICML 2019; Ribeiro, Schön: How convolutional neural networks deal
/// with aliasing, ICASSP 2021.</para>
/// </remarks>
public sealed class AliasingProbe : Probe
{
    private const int Items = 8,
        Channels = 16,
        Widest = 64,
        WidestOfThree = 24,
        Narrowest = 8;

    /// <inheritdoc/>
    public override string Name => "aliasing";

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (MapTrial.Of(context, Items) is not { } trial)
        {
            return [];
        }

        Sampled[] sampled = [.. trial.Graph.Nodes.Select(n => Sampled.Of(trial.Evidence, n)).OfType<Sampled>()];
        ILookup<Value, Sampled> readers = sampled.ToLookup(s => s.Node.Inputs[0]);
        List<MeasuredProbe> lines = [];
        trial.Run(
            trial.Input,
            (value, tensor) =>
                lines.AddRange(
                    readers[value]
                        .Select(layer => (Layer: layer, Share: layer.Share(tensor)))
                        .Where(l => double.IsFinite(l.Share))
                        .Select(l => LineOf(context, l.Layer, l.Share))
                )
        );
        return [.. lines, Line(context, ("layers", sampled.Length), ("measured", lines.Count))];
    }

    private MeasuredProbe LineOf(ProbeContext context, Sampled layer, double share) =>
        Line(context, layer.Node.Name, ("share", share), ("white", layer.White), ("stride", layer.Strides.Max()));

    /// <summary>A node that samples what it computes.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Strides">By spatial axis.</param>
    private sealed record Sampled(Node Node, int[] Strides)
    {
        /// <summary>The share of white noise.</summary>
        public double White => 1.0 - (1.0 / Strides.Aggregate(1.0, (a, b) => a * b));

        public static Sampled? Of(Evidence evidence, Node node)
        {
            int rank = evidence.Graph.SpatialRank;
            int[] strides = new int[rank];
            Array.Fill(strides, 1);
            foreach ((int axis, WindowAxisMap window) in evidence.WindowsOf(node))
            {
                strides[axis] = window.Stride;
            }

            return
                strides.Any(s => s > 1)
                && node.Inputs.Skip(1).All(v => v.Tensor is not null)
                && Enumerable.Range(0, rank).All(a => IsAt(node.Inputs[0], a) && IsAt(node.Output, a))
                ? new Sampled(node, strides)
                : null;

            bool IsAt(Value value, int axis) => evidence.Fields[value]?.Axes[axis].Axis == 2 + axis;
        }

        /// <summary>The share of energy out of band of the map before sub-sampling; NaN where it is too small to tell, or has
        /// none.</summary>
        public double Share(Tensor input)
        {
            int[] shape = [.. Outputs(input, new int[Strides.Length]).Shape.Sizes],
                whole = [.. shape[2..].Zip(Strides, (n, s) => n * s)],
                cut = [.. whole.Select(n => Math.Min(n, Strides.Length < 3 ? Widest : WidestOfThree))];
            if (whole.Where((n, axis) => Strides[axis] > 1 && n < Narrowest).Any())
            {
                return double.NaN;
            }

            int[] channels = [.. Spread(shape[1], Channels)];
            int size = cut.Aggregate(1, (a, b) => a * b);
            double[][] maps = [.. Enumerable.Range(0, shape[0] * channels.Length).Select(_ => new double[size])];
            foreach (int[] phase in Places(Strides))
            {
                double[] values = Outputs(input, phase).ToArray<double>();
                for (int m = 0; m < maps.Length; m++)
                {
                    long start = ((m / channels.Length) * (long)shape[1]) + channels[m % channels.Length];
                    Fill(maps[m], cut, whole, values.AsSpan(), shape[2..], start, phase);
                }
            }

            (double Outside, double Total)[] energies = [.. maps.Select(m => Spectrum.OutOfBand(m, cut, Strides))];
            double total = energies.Sum(e => e.Total);
            return total > 0.0 ? energies.Sum(e => e.Outside) / total : double.NaN;
        }

        /// <summary>What the layer gives for its input moved towards the front.</summary>
        private Tensor Outputs(Tensor input, int[] phase)
        {
            for (int axis = 0; axis < phase.Length; axis++)
            {
                input = input.Roll(-phase[axis], 2 + axis);
            }

            Tensor[] read = [input, .. Node.Inputs.Skip(1).Select(v => v.Tensor!)];
            return Node.Operator.At(input.Shape[0]).Apply(read);
        }

        /// <summary>Puts outputs of one phase in their places of the middle of the map.</summary>
        private void Fill(
            double[] map,
            int[] cut,
            int[] whole,
            ReadOnlySpan<double> values,
            int[] sizes,
            long start,
            int[] phase
        )
        {
            for (int i = 0; i < map.Length; i++)
            {
                long place = 0,
                    weight = 1;
                bool own = true;
                for (int axis = cut.Length - 1, rest = i; axis >= 0; rest /= cut[axis], axis--)
                {
                    int position = (rest % cut[axis]) + ((whole[axis] - cut[axis]) / 2);
                    own &= position % Strides[axis] == phase[axis];
                    place += position / Strides[axis] * weight;
                    weight *= sizes[axis];
                }

                if (own)
                {
                    map[i] = values[(int)((start * weight) + place)];
                }
            }
        }
    }

    /// <summary>So many of a number, spread evenly.</summary>
    private static IEnumerable<int> Spread(int count, int most) =>
        Enumerable.Range(0, Math.Min(count, most)).Select(i => (int)((long)i * count / Math.Min(count, most)));

    /// <summary>All places of a block.</summary>
    private static IEnumerable<int[]> Places(int[] sizes) =>
        Enumerable
            .Range(0, sizes.Aggregate(1, (a, b) => a * b))
            .Select(i =>
            {
                int[] place = new int[sizes.Length];
                for (int axis = sizes.Length - 1; axis >= 0; i /= sizes[axis], axis--)
                {
                    place[axis] = i % sizes[axis];
                }

                return place;
            });
}
