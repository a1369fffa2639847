namespace Fovea.Tests;

public sealed class ContainerTests
{
    [Fact]
    public void Sequential_EveryWayOfWriting_HasPathsAndRunsInOrder()
    {
        Sequential positional = new(new Linear(3, 4), new ReLU(), new Linear(4, 2));
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], positional.NamedParameters().Select(p => p.Path));
        Sequential named = new(("in", new Linear(3, 4)), ("out", new Linear(4, 2)));
        Assert.Equal(["in.weight", "in.bias", "out.weight", "out.bias"], named.NamedParameters().Select(p => p.Path));
        Sequential collection = [new Lambda(x => x + 1), new Lambda(x => x * 3)];
        Assert.Equal(9.0, collection.Forward(Tensor.Scalar(2)).Item());
        Assert.Equal(2, collection.Count);
        Tensor same = Tensor.Ones([1]);
        Assert.Same(same, new Sequential().Forward(same));
    }

    [Fact]
    public void Sequential_BadName_SaysSo()
    {
        const string Rule = "Sequential: names must be one path element each and differ, got";
        Assert.Equal(
            $"{Rule} 'a' after [a]. (Parameter 'name')",
            Assert.Throws<ArgumentException>(() => new Sequential(("a", new ReLU()), ("a", new ReLU()))).Message
        );
        Assert.Equal(
            $"{Rule} 'a.b' after []. (Parameter 'name')",
            Assert.Throws<ArgumentException>(() => new Sequential(("a.b", new ReLU()))).Message
        );
    }

    [Fact]
    public void Residual_WithAndWithoutShortcut_AddsAndMatchesFiniteDifferences()
    {
        Residual plain = new(new Lambda(x => x * 2), activation: new ReLU());
        Assert.Equal([3f, 0f], plain.Forward(Tensor.From([1f, -1f], [2])).ToArray());
        Residual projected = new(new Linear(3, 2, rng: new Rng(1)), new Linear(3, 2, rng: new Rng(2)), new Tanh());
        Assert.Equal(
            ["body.weight", "body.bias", "shortcut.weight", "shortcut.bias"],
            projected.NamedParameters().Select(p => p.Path)
        );
        projected.To(DType.Float64);
        GradientAssert.Agrees(t => projected.Forward(t[0]), [GradientAssert.Input([2, 3]), .. projected.Parameters()]);
    }

    [Fact]
    public void Residual_ShapesThatDiffer_NamesBothAndTheFix() =>
        Assert.Equal(
            "Residual: body and shortcut must give the same shape, got [4, 2] and [4, 3]. x [4, 3]. Pass a shortcut that makes the same change, e.g. a 1x1 convolution with the body's stride.",
            Assert.Throws<ShapeException>(() => new Residual(new Linear(3, 2)).Forward(Tensor.Ones([4, 3]))).Message
        );

    [Fact]
    public void Concat_Branches_JoinsChannels()
    {
        Concat layer = new(new Identity(), new Lambda(x => -x.Slice(1, ..1)));
        Tensor y = layer.Forward(Tensor.From([1f, 2f, 3f, 4f], [1, 2, 2]));
        Assert.Equal<Shape>([1, 3, 2], y.Shape);
        Assert.Equal([1f, 2f, 3f, 4f, -1f, -2f], y.ToArray());
        Assert.Equal(
            "Concat: at least one branch is needed, got none. (Parameter 'branches')",
            Assert.Throws<ArgumentException>(() => new Concat()).Message
        );
        Concat parameters = new(new Linear(2, 2), new Linear(2, 2));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], parameters.NamedParameters().Select(p => p.Path));
    }

    [Fact]
    public void SqueezeExcite_AnySpatialAxes_ScalesChannelsAndMatchesFiniteDifferences()
    {
        SqueezeExcite layer = new(3, 2, activation: new Tanh(), rng: new Rng(4));
        layer.To(DType.Float64);
        foreach (Shape shape in new Shape[] { [2, 3, 5], [1, 3, 2, 1] })
        {
            Tensor x = GradientAssert.Input(shape);
            Assert.Equal(shape, layer.Forward(x).Shape);
            GradientAssert.Agrees(t => layer.Forward(t[0]), [x, .. layer.Parameters()]);
        }

        Assert.Equal(
            "SqueezeExcite: x must be [N, 3, spatial sizes...], got [2, 4, 5].",
            Assert.Throws<ShapeException>(() => layer.Forward(Tensor.Ones([2, 4, 5]))).Message
        );
        Assert.Equal(
            "SqueezeExcite: channels and reduced must be 1 or more, got 3 and 0.",
            Assert.Throws<ArgumentException>(() => new SqueezeExcite(3, 0)).Message
        );
    }
}
