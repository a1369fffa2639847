namespace Fovea.Tests;

public sealed class OptimizerParseTests
{
    [Fact]
    public void Parse_EveryOption_ReachesTheOptimizer()
    {
        SGD sgd = Assert.IsType<SGD>(Parse("SGD, momentum=0.9, nesterov, decay=5e-4"));
        Assert.Equal((0.9, 0.0, true, 0.1), (sgd.Momentum, sgd.Dampening, sgd.Nesterov, sgd.LearningRate));
        Assert.Equal([("decay", 5e-4), ("no decay", 0.0)], sgd.Groups.Select(g => (g.Name, g.WeightDecay)));
        Assert.Equal(0.25, Assert.IsType<SGD>(Parse("sgd,momentum=0.5,dampening=0.25,nesterov=false")).Dampening);
        Adam adam = Assert.IsType<Adam>(Parse("adam,beta1=0.8,beta2=0.9,eps=1e-3"));
        Assert.Equal((0.8, 0.9, 1e-3), (adam.Beta1, adam.Beta2, adam.Epsilon));
        AdamW adamW = Assert.IsType<AdamW>(Parse("adamw,decay-all"));
        Assert.Equal((0.9, 0.999, 1e-8), (adamW.Beta1, adamW.Beta2, adamW.Epsilon));
        Assert.Equal([("all", 0.01)], adamW.Groups.Select(g => (g.Name, g.WeightDecay)));
        RMSprop rms = Assert.IsType<RMSprop>(Parse("rmsprop,alpha=0.9,eps=1e-3,momentum=0.1,centered"));
        Assert.Equal((0.9, 1e-3, 0.1, true), (rms.Alpha, rms.Epsilon, rms.Momentum, rms.Centered));
    }

    [Fact]
    public void Parse_EveryForm_IsAcceptedAsWritten() =>
        Assert.All(
            Optimizer.Forms,
            form =>
                Assert.NotNull(
                    Parse(
                        form.Replace(
                            "momentum=0,dampening=0,nesterov",
                            "momentum=0.1,dampening=0,nesterov",
                            StringComparison.Ordinal
                        )
                    )
                )
        );

    [Theory]
    [InlineData(
        "sdg,momentum=0.9",
        "Optimizer: must begin with one of sgd, adam, adamw, rmsprop, got 'sdg,momentum=0.9'. Forms: sgd,momentum=0,"
    )]
    [InlineData("", "Optimizer: must begin with one of sgd, adam, adamw, rmsprop, got ''.")]
    [InlineData(
        "adam,momentum=0.9",
        "Optimizer 'adam': options are beta1, beta2, eps, decay, decay-all; got 'momentum=0.9'."
    )]
    [InlineData("sgd=0.1", "Optimizer 'sgd': takes no value after its name, got 'sgd=0.1'. Form: sgd,")]
    [InlineData("sgd,momentum=much", "Optimizer 'sgd': momentum must be a number, got 'much'.")]
    [InlineData("sgd,momentum", "Optimizer 'sgd': momentum must be a number, got ''.")]
    [InlineData(
        "sgd,momentum=0,9",
        "Optimizer 'sgd': options are momentum, dampening, nesterov, decay, decay-all; got '9'."
    )]
    [InlineData("sgd,momentum=0.9,momentum=0.8", "Optimizer 'sgd': an option may be given once, got momentum twice.")]
    [InlineData("sgd,nesterov=maybe", "Optimizer 'sgd': nesterov is a flag, alone or with true or false, got 'maybe'.")]
    [InlineData("sgd,momentum=1.5", "SGD: momentum must be 0 or more and less than 1, got 1.5.")]
    public void Parse_WrongText_SaysWhatExists(string text, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentException>(() => Parse(text)).Message,
            StringComparison.Ordinal
        );

    private static Optimizer Parse(string text) => Optimizer.Parse(text, new MixedNetwork(), 0.1);
}
