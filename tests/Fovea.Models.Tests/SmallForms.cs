namespace Fovea.Models.Tests;

/// <summary>What every family of image networks must do in its small forms.</summary>
internal static class SmallForms
{
    /// <summary>Asserts that a model takes items of a number of spatial axes and gives finite scores, in training and
    /// in evaluation.</summary>
    /// <param name="text">The model with arguments.</param>
    /// <param name="dims">Spatial axes.</param>
    /// <param name="size">Size of each axis.</param>
    public static void AssertScores(string text, int dims, int size)
    {
        const int Channels = 2,
            Classes = 3;
        Shape item = Shape.Create([Channels, .. Enumerable.Repeat(size, dims)]);
        Module model = ModelRegistry.Create(text, item, Classes);
        Tensor x = Tensor.Normal(Shape.Create([2, .. item.Sizes]));
        foreach (bool training in (bool[])[true, false])
        {
            Tensor scores = model.Train(training).Forward(x);
            Assert.True(
                scores.Shape == [2, Classes],
                $"{text} on {item}, training {training}: scores have shape {scores.Shape}"
            );
            Assert.True(
                scores.ToArray().All(float.IsFinite),
                $"{text} on {item}, training {training}: scores are {string.Join(" ", scores.ToArray())}"
            );
        }
    }

    /// <summary>Asserts that a model of the usual size is torchvision's: number of parameters, and names, shapes and
    /// order of parameters and buffers.</summary>
    public static void AssertPublished(string name, long parameters)
    {
        Module model = ModelRegistry.Create(name).Model;
        Assert.Equal(parameters, model.ParameterCount());
        TorchvisionNames.AssertSame(name, model);
    }
}
