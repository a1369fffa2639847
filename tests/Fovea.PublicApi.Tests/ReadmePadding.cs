namespace Fovea.PublicApi.Tests;

/// <summary>The first guide's first program.</summary>
public sealed class ReadmePadding
{
    [Fact]
    public void Padding_AsWritten_GivesTheShape()
    {
        using StringWriter output = new();
        Redirected Console = new(output);
        Tensor images = Tensor.Normal([32, 3, 64, 64]);
        var down = new Conv2d(3, 16, kernelSize: 3, stride: 2); // 64 -> 31: valid padding
        var same = new Conv2d(16, 32, kernelSize: 3, padding: Padding.Same, paddingMode: PaddingMode.Reflect);
        Console.WriteLine(same.Forward(down.Forward(images)).Shape); // [32, 32, 31, 31]
        Assert.Equal("[32, 32, 31, 31]", output.ToString().Trim());
    }
}
