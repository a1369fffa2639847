using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class AliasingProbeTests
{
    // Frequencies in 1/32 of a position; a stride of 2 carries those below 8, a stride of 4 those below 4.
    [Theory]
    [InlineData(2, 5, 0.0)]
    [InlineData(2, 12, 1.0)]
    [InlineData(4, 2, 0.0)]
    [InlineData(4, 7, 1.0)]
    public void Try_Sinusoid_IsOutOfBandAboveHalfTheNewFrequency(int stride, int frequency, double expected)
    {
        float[] wave =
        [
            .. Enumerable.Range(0, 8 * 32).Select(i => 3f + MathF.Sin(2 * MathF.PI * frequency * (i % 32) / 32)),
        ];
        MeasuredProbe layer = Layer(Sampler1d(stride), Tensor.From(wave, [8, 1, 32]));
        Assert.Equal(expected, layer["share"], 1e-5);
        Assert.Equal((1.0 - (1.0 / stride), stride), (layer["white"], layer["stride"]));
    }

    [Fact]
    public void Try_SinusoidAlongOneAxisOfAnImage_IsOutOfBand()
    {
        float[] below = Image((y, x) => MathF.Sin(2 * MathF.PI * 3 * y / 32)),
            above = Image((y, x) => MathF.Sin(2 * MathF.PI * ((3 * y) + (11 * x)) / 32));
        Assert.Equal(0.0, Layer(Sampler2d(), Tensor.From(below, [1, 1, 32, 32]))["share"], 1e-5);
        Assert.Equal(1.0, Layer(Sampler2d(), Tensor.From(above, [1, 1, 32, 32]))["share"], 1e-5);
    }

    // A stride of 2 in two axes keeps a quarter of the band.
    [Fact]
    public void Try_WhiteNoise_HasThreeQuartersOutOfBand()
    {
        MeasuredProbe layer = Layer(Sampler2d(), Noise([8, 1, 64, 64]));
        Assert.Equal(0.75, layer["share"], 0.01);
        Assert.Equal(0.75, layer["white"]);
    }

    // Taps 1/2, 1/2 pass cos²(pi f): of white noise 1/2 + 1/pi lies below half the new frequency, along each axis.
    [Fact]
    public void Try_AveragePoolOfWhiteNoise_HasWhatItsTapsPass()
    {
        double kept = 0.5 + (1.0 / Math.PI);
        MeasuredProbe layer = Layer(new Sequential(new AvgPool2d(2)), Noise([8, 1, 64, 64]));
        Assert.Equal(1.0 - (kept * kept), layer["share"], 0.01);
    }

    [Fact]
    public void Try_BlurBeforeThePool_LowersIt()
    {
        Tensor noise = Noise([8, 1, 64, 64]);
        double plain = Layer(new Sequential(new AvgPool2d(2)), noise)["share"],
            blurred = Layer(new Sequential(new AvgPool2d(2, stride: 1), new AvgPool2d(2)), noise)["share"];
        Assert.True(blurred < 0.5 * plain, $"{blurred:G3} of the energy blurred, {plain:G3} not");
    }

    [Fact]
    public void Try_NetworkWithoutStrides_SaysThatThereAreNone()
    {
        MeasuredProbe line = One(
            new AliasingProbe(),
            Labelled(new Sequential(new Conv2d(1, 2, 3, padding: 1)).Initialize(1), 2, Batch(Noise([4, 1, 16, 16])))
        );
        Assert.Equal(("", 0.0), (line.Layer, line["layers"]));
    }

    private static MeasuredProbe Layer(Module model, Tensor input)
    {
        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(new AliasingProbe(), Labelled(model, 2, Batch(input)));
        Assert.Equal(2, lines.Count);
        Assert.Equal((1.0, 1.0), (lines[1]["layers"], lines[1]["measured"]));
        return lines[0];
    }

    private static Fovea.Data.Batch Batch(Tensor input) => BatchOf(input, new long[input.Shape[0]]);

    private static Sequential Sampler1d(int stride)
    {
        Conv1d layer = new(1, 1, 1, stride: stride, bias: false);
        layer.Weight.Fill(1);
        return new Sequential(layer);
    }

    private static Sequential Sampler2d()
    {
        Conv2d layer = new(1, 1, 1, stride: 2, bias: false);
        layer.Weight.Fill(1);
        return new Sequential(layer);
    }

    private static float[] Image(Func<int, int, float> value) =>
        [.. Enumerable.Range(0, 32 * 32).Select(i => value(i / 32, i % 32))];

    private static Tensor Noise(int[] shape) => Tensor.Normal(Shape.Create(shape), rng: new Rng(4));
}
