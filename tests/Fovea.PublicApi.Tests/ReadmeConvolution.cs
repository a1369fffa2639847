namespace Fovea.PublicApi.Tests;

/// <summary>The README's first program.</summary>
public sealed class ReadmeConvolution
{
    [Fact]
    public void Convolution_AsWritten_GivesTheShape()
    {
        using StringWriter output = new();
        Run(output);
        Assert.Equal("[32, 16, 64, 64]", output.ToString().Trim());
    }

    internal static Tensor Run(TextWriter output)
    {
        Redirected Console = new(output);
        var images = Tensor.Normal([32, 3, 64, 64]);
        var conv = new Conv2d(inChannels: 3, outChannels: 16, kernelSize: 3, stride: 1, padding: 1);
        Console.WriteLine(conv.Forward(images).Shape); // [32, 16, 64, 64]
        return images;
    }
}
