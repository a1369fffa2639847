namespace Fovea.Tests;

/// <summary>A random network of maps of one size: each step reads maps made before, and many steps are
/// concatenations.</summary>
internal sealed class BranchyNetwork : Module
{
    private readonly List<Module> _layers = [];
    private readonly List<(Func<Tensor[], Tensor> Run, int[] Inputs)> _steps = [];
    private readonly List<int> _channels;

    /// <summary>Draws a network.</summary>
    /// <param name="rng">The generator.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="length">Steps.</param>
    public BranchyNetwork(Rng rng, int channels, int length)
    {
        _channels = [channels];
        for (int i = 0; i < length; i++)
        {
            Step(rng);
        }

        // What nobody has read so far is read by the last step, so that every step counts.
        int[] unread = [.. Enumerable.Range(0, _channels.Count).Except(_steps.SelectMany(s => s.Inputs))];
        Add("concat", unread, x => Tensor.Concat(x), unread.Sum(i => _channels[i]));
    }

    /// <summary>The steps, with the numbers of the maps they read; 0 is the input.</summary>
    public string Text { get; private set; } = "";

    public override Tensor Forward(Tensor x)
    {
        List<Tensor> maps = [x];
        foreach ((Func<Tensor[], Tensor> run, int[] inputs) in _steps)
        {
            maps.Add(run([.. inputs.Select(i => maps[i])]));
        }

        return maps[^1];
    }

    private void Step(Rng rng)
    {
        int from = rng.Next(4) == 0 ? rng.Next(_channels.Count) : _channels.Count - 1,
            channels = _channels[from];
        int[] alike = [.. Enumerable.Range(0, _channels.Count).Where(i => i != from && _channels[i] == channels)];
        switch (rng.Next(10))
        {
            case < 4:
                int[] pieces =
                [
                    .. Enumerable.Range(0, 2 + rng.Next(2)).Select(i => i == 0 ? from : rng.Next(_channels.Count)),
                ];
                Add("concat", pieces, x => Tensor.Concat(x), pieces.Sum(i => _channels[i]));
                break;
            case < 7:
                int wider = rng.Next(3) == 0 ? 8 + rng.Next(40) : 16 * (1 + rng.Next(3)),
                    kernel = rng.Next(2) == 0 ? 1 : 3;
                Layer(
                    $"conv {kernel}x{kernel} to {wider}",
                    from,
                    new Conv2d(channels, wider, kernel, padding: kernel / 2),
                    wider
                );
                break;
            case 7 when alike.Length > 0:
                Add("sum", [from, alike[rng.Next(alike.Length)]], x => x[0] + x[1], channels);
                break;
            case 8:
                Layer("max pool", from, new MaxPool2d(3, stride: 1, padding: 1), channels);
                break;
            default:
                Module layer = rng.Next(3) switch
                {
                    0 => new ReLU(),
                    1 => new BatchNorm2d(channels),
                    _ => new GroupNorm(channels, 1),
                };
                Layer(layer.GetType().Name, from, layer, channels);
                break;
        }
    }

    private void Layer(string name, int from, Module layer, int channels)
    {
        _layers.Add(layer);
        Add(name, [from], x => layer.Forward(x[0]), channels);
    }

    private void Add(string name, int[] inputs, Func<Tensor[], Tensor> run, int channels)
    {
        Text += $"{_channels.Count} = {name}({string.Join(", ", inputs)}); ";
        _steps.Add((run, inputs));
        _channels.Add(channels);
    }
}
